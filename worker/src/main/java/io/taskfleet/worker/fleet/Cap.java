package io.taskfleet.worker.fleet;

/**
 * How many attempts may run at once in the whole fleet, of those the cap covers.
 *
 * @param limit at least 1
 */
public record Cap(Id id, int limit) {

  /** Checks the limit. */
  public Cap {
    if (limit < 1) {
      throw new IllegalArgumentException("limit of " + id + " must be at least 1: " + limit);
    }
  }

  /** Whether a task of the cap's type counts against it. */
  public boolean covers(String tenant, String orderingKey) {
    return id.scope.covers(tenant, orderingKey);
  }

  /** What stays the same when operators change the limit. */
  public record Id(String type, Scope scope) {
    @Override
    public String toString() {
      return type + ' ' + scope.text();
    }
  }

  /** Which tasks of a type are meant. */
  public sealed interface Scope {
    /** As it is written in {@code queue_control.scope}. */
    String text();

    /** Whether such a task is one of them. */
    boolean covers(String tenant, String orderingKey);

    /**
     * The scope of this text.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Scope of(String text) {
      if (text.equals(WholeType.TEXT)) {
        return new WholeType();
      } else if (text.startsWith(Tenant.PREFIX)) {
        return new Tenant(text.substring(Tenant.PREFIX.length()));
      } else if (text.startsWith(Keys.PREFIX)) {
        return new Keys(text.substring(Keys.PREFIX.length()));
      }
      throw new IllegalArgumentException("no scope: " + text);
    }

    /** All of them. */
    record WholeType() implements Scope {
      private static final String TEXT = "type";

      @Override
      public String text() {
        return TEXT;
      }

      @Override
      public boolean covers(String tenant, String orderingKey) {
        return true;
      }
    }

    /** Those of one tenant. */
    record Tenant(String name) implements Scope {
      private static final String PREFIX = "tenant:";

      @Override
      public String text() {
        return PREFIX + name;
      }

      @Override
      public boolean covers(String tenant, String orderingKey) {
        return name.equals(tenant);
      }
    }

    /** Those whose ordering keys begin like this. */
    record Keys(String prefix) implements Scope {
      private static final String PREFIX = "key:";

      @Override
      public String text() {
        return PREFIX + prefix;
      }

      @Override
      public boolean covers(String tenant, String orderingKey) {
        return orderingKey.startsWith(prefix);
      }
    }
  }
}
