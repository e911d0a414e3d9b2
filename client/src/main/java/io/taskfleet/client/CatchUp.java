package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** What a schedule does about firings that it has missed. */
public enum CatchUp {
  /** Nothing: it goes on with the next one. */
  SKIP,
  /** One, in place of all that were missed. */
  ONCE,
  /** Each of them. */
  ALL,
  /** Another one, which this version does not know. */
  @JsonEnumDefaultValue
  UNKNOWN
}
