package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A file that is handed out, kept compressed.
 *
 * @param tag tells it from what it was before and will be in another version
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
record Document(byte[] gzip, String tag) {

  /** The file with this name on the class path. */
  static Document read(String resource) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    CRC32C sum = new CRC32C();
    try (InputStream in = open(resource);
        GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      byte[] plain = in.readAllBytes();
      sum.update(plain);
      sum.update(resource.getBytes(UTF_8));
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Document(
        compressed.toByteArray(), "W/\"" + HexFormat.of().toHexDigits(sum.getValue()) + '"');
  }

  /** As it was. */
  byte[] plain() {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = Document.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException(resource + " is missing on the class path");
    }
    return in;
  }
}
