package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A file that comes with a mail: its content, or where the worker finds it when it sends the mail.
 *
 * @param contentType such as {@code application/pdf}; {@code application/octet-stream} if absent
 * @param content in Base64 (RFC 4648 §4), without line breaks
 * @param url http or https
 * @param contentId by which the HTML shows it, {@code cid:…}; it is attached if absent
 */
public record MailAttachment(
    @NotNull @Size(min = 1, max = 255) @SingleLine
        @Pattern(regexp = "[^/\\\\]*", message = "must not hold slashes") String filename,
    @Nullable @Pattern(regexp = TYPE, message = "must be a media type without parameters") String contentType,
    @Nullable @Size(max = 1_000_000) @Pattern(regexp = BASE64, message = "must be Base64") String content,
    @Nullable @WebhookUrl String url,
    @Nullable @Pattern(
            regexp = "[A-Za-z0-9][A-Za-z0-9._@-]{0,127}",
            message = "must be letters, digits and . _ @ -")
        String contentId) {

  private static final String TYPE =
      "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}";

  private static final String BASE64 = "[A-Za-z0-9+/]*={0,2}";

  @JsonIgnore
  @AssertTrue(message = "give content or url, and not both") public boolean isSourceGiven() {
    return (content == null) != (url == null);
  }

  @JsonIgnore
  @AssertTrue(message = "content must be Base64") public boolean isDecodableContentGiven() {
    return content == null || content.length() % 4 == 0;
  }

  /** The content that came along, if any did. */
  public byte @Nullable [] bytes() {
    return content == null ? null : Base64.getDecoder().decode(content);
  }
}
