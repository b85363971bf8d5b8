/** What routes ask of a request: its JSON body, its query, its entity tags. */
@NullMarked
package dev.millrace.api.request;

import org.jspecify.annotations.NullMarked;
