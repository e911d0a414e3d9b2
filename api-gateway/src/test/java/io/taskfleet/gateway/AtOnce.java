package io.taskfleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Calls side by side. */
public final class AtOnce {
  private AtOnce() {}

  /** Makes all of them; answers what they are answered, in their order. */
  public static List<HttpResponse<String>> send(List<Supplier<HttpResponse<String>>> calls) {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<HttpResponse<String>>> answers =
          calls.stream().map(call -> CompletableFuture.supplyAsync(call, clients)).toList();
      return answers.stream().map(CompletableFuture::join).toList();
    }
  }

  /**
   * Makes calls that a server is missing for. Each waits for it in vain: one after the other they
   * would take that many times as long.
   */
  public static void assertUnavailable(List<Supplier<HttpResponse<String>>> calls) {
    assertThat(send(calls))
        .allSatisfy(
            answer -> {
              assertThat(answer.statusCode()).as(answer.request().toString()).isEqualTo(503);
              assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            });
  }
}
