package io.taskfleet.gateway.batch;

import java.util.UUID;

/** Where a batch and its results can be read. */
record BatchLinks(String self, String results) {
  static final String BATCHES = "/v1/batches";

  static BatchLinks of(UUID id) {
    String self = BATCHES + '/' + id;
    return new BatchLinks(self, self + "/results");
  }
}
