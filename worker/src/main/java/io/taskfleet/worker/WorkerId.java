package io.taskfleet.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * Who this process is among the workers, for rows, logs and consumer ids.
 *
 * @param name host and process id
 */
record WorkerId(String name) {

  static WorkerId ofThisProcess() {
    return new WorkerId(host() + '-' + ProcessHandle.current().pid());
  }

  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "worker");
    }
  }
}
