package io.taskfleet.client;

/** How the lines of a download are written. */
public enum DownloadFormat {
  NDJSON,
  CSV
}
