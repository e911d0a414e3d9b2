/** Tests. */
@NullMarked
package io.taskfleet.bench;

import org.jspecify.annotations.NullMarked;
