/**
 * What one scheduler node does for all: makes due jobs ready, restores the hints that Redis has
 * lost, takes jobs back from workers that are gone, and turns requests into refreshes of views.
 */
@NullMarked
package dev.millrace.scheduler.leader;

import org.jspecify.annotations.NullMarked;
