/**
 * The admin page as the build of admin-web left it: files of the class path, under {@code /admin}.
 */
@NullMarked
package dev.millrace.api.page;

import org.jspecify.annotations.NullMarked;
