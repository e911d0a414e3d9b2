package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.status.TaskView;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.io.OutputStream;

/** A task in each line, as it is read back alone. */
final class JsonLines implements TaskWriter {
  private final OutputStream out;

  JsonLines(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(TaskView task) throws IOException {
    out.write(StrictJson.mapper().writeValueAsBytes(task));
    out.write('\n');
  }

  @Override
  public void end() throws IOException {
    out.flush();
  }
}
