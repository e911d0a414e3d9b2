package io.taskfleet.gateway.type;

import io.taskfleet.wire.PayloadReader;
import java.util.List;

/** A catalogue before Postgres has answered for the first time. */
public final class UncertainTypes {
  private UncertainTypes() {}

  public static TypeCatalog create(PayloadReader payloads) {
    return new TypeCatalog(payloads, List::of);
  }
}
