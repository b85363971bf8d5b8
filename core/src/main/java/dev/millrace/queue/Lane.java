package dev.millrace.queue;

/** One kind in one queue: what a worker can choose to serve or leave alone. */
public record Lane(String queue, String kind) {}
