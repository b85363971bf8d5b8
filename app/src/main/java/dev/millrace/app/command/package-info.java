/** What can be asked for at the command line, one class a command. */
@NullMarked
package dev.millrace.app.command;

import org.jspecify.annotations.NullMarked;
