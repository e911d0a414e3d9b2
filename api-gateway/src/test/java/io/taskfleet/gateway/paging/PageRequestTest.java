package io.taskfleet.gateway.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageRequestTest {
  private static final PageTokens<String> NAMES =
      new PageTokens<>(PlaceForm.name(name -> true), "names", "acme");

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 1", "7, 2", "7, 3", "6, 3", "7, 7", "7, 8"})
  void walksOverAllInOrder(int rows, int size) {
    List<String> all = IntStream.range(0, rows).mapToObj(i -> "n" + i).toList();

    List<String> seen = new ArrayList<>();
    String token = null;
    int pages = 0;
    do {
      PageRequest<String> page = request(Integer.toString(size), token);
      String after = page.after().orElse("");
      List<String> found =
          all.stream().filter(name -> name.compareTo(after) > 0).limit(page.limit()).toList();
      Slice<String> slice = page.slice(found, Function.identity());
      assertThat(slice.items()).hasSizeBetween(1, size);
      seen.addAll(slice.items());
      token = slice.nextPageToken();
      pages++;
    } while (token != null);

    assertThat(seen).isEqualTo(all);
    assertThat(pages).isEqualTo((rows + size - 1) / size);
  }

  @Test
  void aPageThatEndsEarlyIsFollowedByTheRest() {
    Slice<String> slice = request("50", null).endingAt(List.of("a"), "a");

    assertThat(slice.items()).containsExactly("a");
    assertThat(request(null, Objects.requireNonNull(slice.nextPageToken())).after()).contains("a");
  }

  @Test
  void showsFiftyUnlessAsked() {
    assertThat(request(null, null).limit()).isEqualTo(51);
    assertThat(request("200", null).limit()).isEqualTo(201);
    assertThat(request(null, null).slice(List.<String>of(), Function.identity()))
        .isEqualTo(new Slice<>(List.of(), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "201", "-1"})
  void refusesSizesOutOfBounds(String size) {
    assertThat(error(size, null).code()).isEqualTo(ReasonCode.VALIDATION_FAILED);
  }

  @Test
  void takesNoTokenOfAnotherList() {
    String foreign = new PageTokens<>(PlaceForm.name(name -> true), "names", "other").after("a");

    assertThat(error(null, foreign))
        .isEqualTo(
            new Violation(
                "/page_token",
                ReasonCode.MALFORMED,
                "must be the next_page_token of this list, with these filters"));
  }

  private static Violation error(@Nullable String size, @Nullable String token) {
    return catchThrowableOfType(ProblemException.class, () -> request(size, token))
        .errors()
        .getFirst();
  }

  private static PageRequest<String> request(@Nullable String size, @Nullable String token) {
    Map<String, String[]> given = new HashMap<>();
    if (size != null) {
      given.put(PageRequest.SIZE, new String[] {size});
    }
    if (token != null) {
      given.put(PageRequest.TOKEN, new String[] {token});
    }
    return PageRequest.of(
        new QueryParameters(given, Set.of(PageRequest.SIZE, PageRequest.TOKEN)), NAMES);
  }
}
