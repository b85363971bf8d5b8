/** What servers of others ask of us: how long to stay away, for all jobs that go there. */
@NullMarked
package dev.millrace.http;

import org.jspecify.annotations.NullMarked;
