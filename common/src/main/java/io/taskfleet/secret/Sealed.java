package io.taskfleet.secret;

/**
 * A secret that nobody can read without the key.
 *
 * @param keyId which key that is
 * @param bytes the nonce, then what AES-GCM made of the secret
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Sealed(String keyId, byte[] bytes) {}
