package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.web.QueryParameters;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;

/** How an export is written. */
enum ExportFormat {
  NDJSON("application/x-ndjson") {
    @Override
    TaskWriter writer(OutputStream out) {
      return new JsonLines(out);
    }
  },
  CSV("text/csv;charset=UTF-8") {
    @Override
    TaskWriter writer(OutputStream out) throws IOException {
      return new CsvRows(out);
    }
  };

  private final String mediaType;
  private final String label = name().toLowerCase(Locale.ROOT);

  ExportFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  static ExportFormat of(QueryParameters query) {
    return query.oneOf("format", List.of(values()), format -> format.label).orElse(NDJSON);
  }

  String mediaType() {
    return mediaType;
  }

  String fileName() {
    return "tasks." + label;
  }

  /** Writes tasks in this format. */
  abstract TaskWriter writer(OutputStream out) throws IOException;
}
