package io.taskfleet.client;

import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What came back of one try.
 *
 * @param body what was asked for; null if the answer is a refusal
 * @param text the whole answer, as far as it has been read
 */
record Reply<T>(int status, HttpHeaders headers, @Nullable T body, String text) {
  boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}
