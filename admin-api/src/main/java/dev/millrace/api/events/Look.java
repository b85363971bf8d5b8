package dev.millrace.api.events;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The status at a moment.
 *
 * @param ended how many transactions Postgres had ended by then
 * @param status without what changes while nothing happens; not to be modified
 */
public record Look(long ended, JsonNode status) {}
