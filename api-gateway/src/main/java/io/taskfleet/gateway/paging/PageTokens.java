package io.taskfleet.gateway.paging;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Places in one list, as text that only this list takes back. The digest in it is a seal and no
 * secret: whoever computes it all the same has made up a place among their own things, since the
 * tenant of a statement is never read from a token.
 */
public final class PageTokens<P> {
  private static final int SEAL = 16;

  private final PlaceForm<P> form;
  private final byte[] list;

  /**
   * Tokens.
   *
   * @param list what tells the list from all others: its kind, its tenant, and its filters, of
   *     which none is the empty text
   */
  public PageTokens(PlaceForm<P> form, @Nullable Object... list) {
    this.form = form;
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (Object part : list) {
      byte[] utf8 = part == null ? new byte[0] : part.toString().getBytes(UTF_8);
      // The length keeps one part from running into the next.
      parts.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(utf8.length).array());
      parts.writeBytes(utf8);
    }
    this.list = parts.toByteArray();
  }

  /** What asks for the page that begins behind this place. */
  String after(P place) {
    byte[] text = form.write().apply(place).getBytes(UTF_8);
    byte[] token = Arrays.copyOf(seal(text), SEAL + text.length);
    System.arraycopy(text, 0, token, SEAL, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /** The place in this token, if it is of this list. */
  Optional<P> place(String token) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token);
      if (bytes.length <= SEAL) {
        return Optional.empty();
      }
      byte[] text = Arrays.copyOfRange(bytes, SEAL, bytes.length);
      return MessageDigest.isEqual(seal(text), Arrays.copyOf(bytes, SEAL))
          ? form.read().apply(new String(text, UTF_8))
          : Optional.empty();
    } catch (IllegalArgumentException garbage) {
      return Optional.empty();
    }
  }

  private byte[] seal(byte[] place) {
    return Arrays.copyOf(Sha256.of(list, place), SEAL);
  }
}
