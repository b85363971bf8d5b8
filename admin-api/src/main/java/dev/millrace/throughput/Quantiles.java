package dev.millrace.throughput;

/** The times that half, 95 % and 99 % of all are below, in milliseconds. */
public record Quantiles(double p50Ms, double p95Ms, double p99Ms) {}
