package io.taskfleet.worker.outbound;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call to be made.
 *
 * @param method in upper case
 * @param uri http or https, with a host
 * @param headers without line breaks, checked by whoever took them from a caller
 * @param body whoever holds it must not change the array
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
public record OutboundRequest(
    String method, URI uri, Map<String, String> headers, byte @Nullable [] body) {}
