/**
 * How tasks travel: topic, header and Redis key names, the CloudEvents codec and the one strict
 * JSON mapper. Everything here is stateless or immutable after construction and may be used by any
 * thread. Nothing here does I/O. What cannot be decoded is answered as a value, {@link
 * io.taskfleet.wire.Decoded.Refused}, and never as an exception, because the record has to go
 * somewhere all the same.
 */
@NullMarked
package io.taskfleet.wire;

import org.jspecify.annotations.NullMarked;
