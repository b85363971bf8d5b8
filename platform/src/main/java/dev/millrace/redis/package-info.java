/** The connection to Redis by Jedis: its address, its scripts, and what to do while it is away. */
@NullMarked
package dev.millrace.redis;

import org.jspecify.annotations.NullMarked;
