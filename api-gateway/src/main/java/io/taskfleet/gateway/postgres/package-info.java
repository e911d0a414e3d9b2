/** How requests get at Postgres: a few at a time, and the others wait. No threads of its own. */
@NullMarked
package io.taskfleet.gateway.postgres;

import org.jspecify.annotations.NullMarked;
