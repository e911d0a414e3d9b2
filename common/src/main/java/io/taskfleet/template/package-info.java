/**
 * Templates of mails: Mustache without what is not logic-less, so that a template that the gateway
 * has taken is one that workers can fill in. Values are escaped in HTML, and a value that is not
 * there is an error. Immutable, for any thread.
 */
@NullMarked
package io.taskfleet.template;

import org.jspecify.annotations.NullMarked;
