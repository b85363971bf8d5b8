package dev.millrace.drills.child;

/**
 * What a drill's job does: works, writes its effect, works on.
 *
 * @param number of the request; unique in a drill
 * @param before milliseconds of work before the effect's transaction
 * @param inside milliseconds of work in it
 * @param after milliseconds of work between its commit and the end of the attempt
 * @param poison kills its worker instead
 */
public record EffectPayload(long number, int before, int inside, int after, boolean poison) {}
