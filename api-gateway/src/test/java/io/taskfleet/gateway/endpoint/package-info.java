/** Tests of webhook endpoints: what is told, what is stored, and who may see it. */
@NullMarked
package io.taskfleet.gateway.endpoint;

import org.jspecify.annotations.NullMarked;
