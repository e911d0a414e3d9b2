/** Tests of templates: what is refused, what is stored, and who may see it. */
@NullMarked
package io.taskfleet.gateway.template;

import org.jspecify.annotations.NullMarked;
