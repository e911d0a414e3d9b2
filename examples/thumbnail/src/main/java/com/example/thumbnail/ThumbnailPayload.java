package com.example.thumbnail;

import io.taskfleet.handler.Payload;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * An image to be made small.
 *
 * @param album where the small one belongs
 * @param image PNG, JPEG, GIF or BMP; base64 in JSON
 * @param width of the small one, at most
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record ThumbnailPayload(
    @NotNull @Pattern(regexp = "[a-z0-9-]{1,40}") String album,
    @NotNull @Size(min = 1, max = 700_000) byte[] image,
    @NotNull @Min(16) @Max(1_024) Integer width)
    implements Payload {}
