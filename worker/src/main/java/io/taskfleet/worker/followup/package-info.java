/**
 * Tasks that follow from a task: which types they can have, and what they must keep to, so that
 * none is taken here that a gateway would refuse.
 */
@NullMarked
package io.taskfleet.worker.followup;

import org.jspecify.annotations.NullMarked;
