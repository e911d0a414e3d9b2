package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.status.TaskView;
import java.io.IOException;

/** Writes tasks one after the other. */
interface TaskWriter {
  void write(TaskView task) throws IOException;

  /** Writes what is left after the last one. */
  void end() throws IOException;
}
