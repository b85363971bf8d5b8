/** Follows the documents to the letter: each block of code is compiled or run. */
@org.jspecify.annotations.NullMarked
package dev.millrace.app.docs;
