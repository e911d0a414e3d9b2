package io.taskfleet.gateway.paging;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which part of a list a caller wants. */
public final class PageRequest<P> {
  /** How many items a caller wants. */
  public static final String SIZE = "page_size";

  /** The parameter that says where the page before ended. */
  public static final String TOKEN = "page_token";

  /** The most that a caller may want. */
  public static final int LARGEST = 200;

  private static final int USUAL = 50;

  private final PageTokens<P> tokens;
  private final @Nullable P after;
  private final int size;

  private PageRequest(PageTokens<P> tokens, @Nullable P after, int size) {
    this.tokens = tokens;
    this.after = after;
    this.size = size;
  }

  /**
   * What the query asks for.
   *
   * @param tokens of the list
   * @throws ProblemException if the size or the token is not good
   */
  public static <P> PageRequest<P> of(QueryParameters query, PageTokens<P> tokens) {
    int size = query.number(SIZE, 1, LARGEST).orElse(USUAL);
    return new PageRequest<>(
        tokens,
        query
            .read(
                TOKEN,
                tokens::place,
                "must be the next_page_token of this list, with these filters")
            .orElse(null),
        size);
  }

  /** Behind which the page begins; empty for the first page. */
  public Optional<P> after() {
    return Optional.ofNullable(after);
  }

  /** How many rows to read: one more than is shown, which tells whether there is another page. */
  public int limit() {
    return size + 1;
  }

  /** The page, of the rows that were found within the {@link #limit}. */
  public <R> Slice<R> slice(List<R> found, Function<R, P> place) {
    List<R> shown = found.subList(0, Math.min(size, found.size()));
    return shown.size() < found.size()
        ? endingAt(shown, place.apply(shown.getLast()))
        : new Slice<>(shown, null);
  }

  /** A page that another one follows. */
  public <R> Slice<R> endingAt(List<R> shown, P end) {
    return new Slice<>(shown, tokens.after(end));
  }
}
