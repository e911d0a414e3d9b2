/**
 * The Java client and the command line against a running fleet, and the examples of their pages.
 */
@NullMarked
package io.taskfleet.standalone.client;

import org.jspecify.annotations.NullMarked;
