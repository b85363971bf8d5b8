/**
 * Stats jobs: groups of SQL functions that are run together, and the caches that are told
 * afterwards.
 *
 * <p>Guarantee: what a function wrote, the note that it has committed and the tags of its figures
 * are one transaction. From then on a later attempt of the job leaves the function alone, and its
 * tags are sent until the cache has answered or the tries are used up; tags of what was rolled back
 * are nowhere.
 *
 * <ul>
 *   <li>A function fails or runs over its time: it is noted, the others go on.
 *   <li>The worker is killed: the next attempt runs what had not committed.
 *   <li>The job ends without handing its tags over, because it was killed too often: the leader
 *       does so within seconds.
 *   <li>The cache does not answer: the stats are done all the same; the invalidation has a job and
 *       tries of its own, and can be sent again.
 * </ul>
 */
@NullMarked
package dev.millrace.stats;

import org.jspecify.annotations.NullMarked;
