@NullMarked
package dev.millrace.api.request;

import org.jspecify.annotations.NullMarked;
