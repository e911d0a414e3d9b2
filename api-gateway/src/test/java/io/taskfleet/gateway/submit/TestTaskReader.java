package io.taskfleet.gateway.submit;

import io.taskfleet.destination.Destinations;
import io.taskfleet.gateway.type.TypeCatalog;
import io.taskfleet.gateway.type.UncertainTypes;
import io.taskfleet.wire.PayloadReader;

/** A reader as the gateway has it, for tests of those who read tasks in bodies of their own. */
public final class TestTaskReader {
  private TestTaskReader() {}

  public static TaskReader create() {
    PayloadReader payloads = new PayloadReader();
    return new TaskReader(payloads, TypeCatalog.ofBuiltInTypes(payloads), Destinations.PUBLIC);
  }

  /** One that knows the built-in types only, and not whether there are others. */
  public static TaskReader ofUncertainTypes() {
    PayloadReader payloads = new PayloadReader();
    return new TaskReader(payloads, UncertainTypes.create(payloads), Destinations.PUBLIC);
  }
}
