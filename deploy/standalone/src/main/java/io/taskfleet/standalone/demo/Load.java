package io.taskfleet.standalone.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;

/** Many requests to one path, and what became of them. Used by one thread. */
final class Load {
  private final Gateway gateway;
  private final String path;
  private List<Gateway.Accepted> accepted = List.of();

  Load(Gateway gateway, String path) {
    this.gateway = gateway;
    this.path = path;
  }

  void send(int requests, IntFunction<Object> body) throws IOException, InterruptedException {
    accepted = gateway.submitAll(path, requests, body);
  }

  List<UUID> ids() {
    return accepted.stream().flatMap(each -> each.ids().stream()).toList();
  }

  List<Duration> took() {
    return accepted.stream().map(Gateway.Accepted::took).toList();
  }
}
