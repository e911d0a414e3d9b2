package io.taskfleet.gateway.type;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.PayloadReader;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** All types of task that this gateway knows. */
public final class TypeCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(TypeCatalog.class);
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  /** As long as this a worker may have started without anybody here having heard of it. */
  private static final Duration CERTAIN_FOR = Duration.ofSeconds(30);

  private final Map<String, SubmittedType> builtIn;
  private final Source source;

  // Written by the background thread.
  private volatile Map<String, OwnType> own = Map.of();
  private volatile long certainUntil = System.nanoTime();

  /** Where workers tell of their types. */
  @FunctionalInterface
  interface Source {
    /** What they have told; throws what Spring's data access does when Postgres is away. */
    List<OwnType.Told> read();
  }

  TypeCatalog(PayloadReader payloads, Source source) {
    this.source = source;
    this.builtIn =
        BuiltInTypes.all().stream()
            .map(type -> new BuiltInType(type, payloads))
            .collect(Collectors.toUnmodifiableMap(BuiltInType::name, Function.identity()));
  }

  /** A catalogue that knows the built-in types, and that there are no others. */
  public static TypeCatalog ofBuiltInTypes(PayloadReader payloads) {
    TypeCatalog catalog = new TypeCatalog(payloads, List::of);
    catalog.renew();
    return catalog;
  }

  /**
   * The type of this name, if there is one.
   *
   * @throws ProblemException if that cannot be said
   */
  public Optional<SubmittedType> named(String name) {
    SubmittedType known = builtIn.get(name);
    if (known == null) {
      known = own.get(name);
    }
    if (known == null && !isCertain()) {
      throw ProblemException.unavailable(
          "it cannot be said at the moment whether there is such a task type",
          ASK_AGAIN_AFTER_SECONDS);
    }
    return Optional.ofNullable(known);
  }

  /** Whether there are no types but those that are known here. */
  public boolean isCertain() {
    return System.nanoTime() - certainUntil < 0;
  }

  /** The types that are not built in, by name. */
  public Collection<OwnType> own() {
    return own.values();
  }

  /** Asks Postgres again. */
  void renew() {
    try {
      Map<String, OwnType> before = own;
      Map<String, OwnType> now = new TreeMap<>();
      for (OwnType.Told told : source.read()) {
        OwnType same = before.get(told.name());
        if (same != null && same.told().equals(told)) {
          now.put(told.name(), same);
        } else {
          read(told).ifPresent(type -> now.put(type.name(), type));
        }
      }
      own = now;
      certainUntil = System.nanoTime() + CERTAIN_FOR.toNanos();
    } catch (DataAccessException | TransactionException away) {
      LOG.warn("task types were not renewed: the database did not answer");
    }
  }

  private static Optional<OwnType> read(OwnType.Told told) {
    try {
      OwnType type = new OwnType(told);
      LOG.info("tasks of type {} are taken", told.name());
      return Optional.of(type);
    } catch (RuntimeException unreadable) {
      LOG.error("the schema of task type {} cannot be read: its tasks are refused", told.name());
      return Optional.empty();
    }
  }
}
