@NullMarked
package dev.millrace.api.page;

import org.jspecify.annotations.NullMarked;
