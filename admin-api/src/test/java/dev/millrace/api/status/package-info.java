@NullMarked
package dev.millrace.api.status;

import org.jspecify.annotations.NullMarked;
