/**
 * What describes this API: OpenAPI, AsyncAPI, JSON Schemas, and the page on which they are read.
 * Open to everybody, since none of it is secret. The files are made and checked by tests, from the
 * code and for the code, and only handed out here; so nothing is generated while the gateway runs,
 * and nothing is kept in memory before somebody asks. Documents never change and may be read by any
 * thread.
 */
@NullMarked
package io.taskfleet.gateway.contract;

import org.jspecify.annotations.NullMarked;
