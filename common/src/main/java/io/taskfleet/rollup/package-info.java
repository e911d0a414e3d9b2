/**
 * What is in the rows of {@code analytics_bucket}: which lengths a bucket has, and the sketches
 * that stand for its values and its users. Workers write them and the gateway merges them.
 *
 * <p>No threads; sketches belong to whoever made them.
 *
 * <p>Invariants: a sketch takes a few kilobytes however much it has seen, and is the same whether
 * it saw everything or was merged from sketches that each saw a part, within its error.
 */
@NullMarked
package io.taskfleet.rollup;

import org.jspecify.annotations.NullMarked;
