/** Tests of the locks of lock keys on real Redis servers and sentinels. */
@NullMarked
package dev.millrace.lock;

import org.jspecify.annotations.NullMarked;
