/** The data directory and its files: who may change them, and how they appear whole. */
@NullMarked
package dev.millrace.embedded.files;

import org.jspecify.annotations.NullMarked;
