package io.taskfleet.client;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** All items of a list; a page is fetched when the one before it has been used up. */
final class Pages<T> implements Iterator<T> {
  private final Fetch<T> fetch;
  private Iterator<T> items;
  private @Nullable String next;

  /** Fetches the page with this token; the first has none. */
  @FunctionalInterface
  interface Fetch<T> {
    Page<T> page(@Nullable String token);
  }

  private Pages(Fetch<T> fetch) {
    this.fetch = fetch;
    Page<T> first = fetch.page(null);
    items = first.items().iterator();
    next = first.nextPageToken();
  }

  /** The items in a stream that fetches nothing before it is read. */
  static <T> Stream<T> stream(Fetch<T> fetch) {
    return StreamSupport.stream(
        () -> Spliterators.spliteratorUnknownSize(new Pages<>(fetch), Spliterator.ORDERED),
        Spliterator.ORDERED,
        false);
  }

  @Override
  public boolean hasNext() {
    while (!items.hasNext() && next != null) {
      Page<T> page = fetch.page(next);
      items = page.items().iterator();
      next = page.nextPageToken();
    }
    return items.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return items.next();
  }
}
