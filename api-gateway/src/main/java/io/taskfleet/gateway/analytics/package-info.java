/**
 * What analytics events come to: series over time, and the most frequent values of a property.
 * Answers are put together from rollups that workers keep; events themselves are never read.
 *
 * <p>Threads: everything runs on the thread of its request, in its turn at Postgres.
 *
 * <p>Invariants: the tenant is in every statement; a query reads a bounded number of rows, in the
 * order of an index, and holds the sketches of one point at a time; a range of which a part has
 * been deleted is refused, never answered as if nothing had happened then.
 */
@NullMarked
package io.taskfleet.gateway.analytics;

import org.jspecify.annotations.NullMarked;
