package io.taskfleet.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.taskfleet.task.TaskIds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String SECRET = secret((byte) 1);
  private static final String OTHER_SECRET = secret((byte) 2);
  private static final Caller KEY =
      new Caller(
          TaskIds.next(Clock.systemUTC()),
          "acme",
          Set.of(Scope.USERS, Scope.TASKS_READ),
          null,
          500,
          null);

  @Test
  void carriesTenantUserScopesAndLimit() {
    Tokens.Token token =
        tokens(NOW).issue(KEY, "ada", Set.of(Scope.TASKS_READ), Duration.ofMinutes(5));

    assertThat(token.expiresAt()).isEqualTo(NOW.plusSeconds(300));
    assertThat(tokens(NOW).verify(token.text()))
        .contains(
            new Caller(
                KEY.keyId(), "acme", Set.of(Scope.TASKS_READ), token.expiresAt(), 500, "ada"));
  }

  @Test
  void endsWhenItsTimeIsUp() {
    String token = issue(tokens(NOW));

    assertThat(tokens(NOW.plusSeconds(299)).verify(token)).isPresent();
    assertThat(tokens(NOW.plusSeconds(300)).verify(token)).isEmpty();
  }

  @Test
  void isGoodInAGatewayWhoseClockIsALittleBehind() {
    String token = issue(tokens(NOW));

    assertThat(tokens(NOW.minusSeconds(9)).verify(token)).isPresent();
    assertThat(tokens(NOW.minusSeconds(11)).verify(token)).isEmpty();
  }

  @Test
  void endsNoLaterThanItsKey() {
    Caller ending =
        new Caller(KEY.keyId(), KEY.tenant(), KEY.scopes(), NOW.plusSeconds(10), null, null);

    Tokens.Token token =
        tokens(NOW).issue(ending, "ada", Set.of(Scope.TASKS_READ), Duration.ofMinutes(5));

    assertThat(token.expiresAt()).isEqualTo(NOW.plusSeconds(10));
  }

  @Test
  void endsWithItsKey() {
    String token = issue(tokens(NOW));
    Set<UUID> ended = new HashSet<>(Set.of(UUID.randomUUID()));
    Tokens tokens = tokens(NOW, ended::contains);

    assertThat(tokens.verify(token)).isPresent();
    ended.add(KEY.keyId());
    assertThat(tokens.verify(token)).isEmpty();
  }

  @Test
  void acceptsAllKeysAndSignsWithOne() {
    String old = issue(tokens(NOW, Map.of("a", SECRET), null));
    Tokens both = tokens(NOW, Map.of("a", SECRET, "b", OTHER_SECRET), "b");
    Tokens after = tokens(NOW, Map.of("b", OTHER_SECRET), null);

    assertThat(both.verify(old)).isPresent();
    assertThat(after.verify(issue(both))).isPresent();
    assertThat(after.verify(old)).isEmpty();
  }

  @Test
  void refusesOtherAlgorithmsKeysTypesAndNone() throws JOSEException {
    JWTClaimsSet claims = claims(builder -> builder);

    assertThat(verify(sign(header(JWSAlgorithm.HS256, "a"), claims, SECRET))).isPresent();
    assertThat(verify(new PlainJWT(claims).serialize())).isEmpty();
    assertThat(verify(sign(header(JWSAlgorithm.HS512, "long"), claims, secret64()))).isEmpty();
    assertThat(verify(sign(header(JWSAlgorithm.HS256, "b"), claims, SECRET))).isEmpty();
    assertThat(verify(sign(header(JWSAlgorithm.HS256, null), claims, SECRET))).isEmpty();
    assertThat(verify(sign(header(JWSAlgorithm.HS256, "a"), claims, OTHER_SECRET))).isEmpty();
    assertThat(
            verify(
                sign(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("a").build(), claims, SECRET)))
        .isEmpty();
  }

  @Test
  void refusesWhatIsNotForItOrSaysTooLittle() throws JOSEException {
    assertThat(verify(signed(claims(c -> c.issuer("somebody"))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.audience("somebody"))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("tenant", null))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("tenant", 5))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("key", "no id"))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("scope", null))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.subject(null))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("exp", null))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("nbf", null))))).isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("nbf", NOW.plusSeconds(60).getEpochSecond())))))
        .isEmpty();
    assertThat(verify(signed(claims(c -> c.claim("exp", NOW.getEpochSecond()))))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30.", "e30.e30.e30"})
  void refusesWhatIsNoToken(String text) {
    assertThat(verify(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void refusesATokenOfWhichAnyCharacterWasChanged(long seed) {
    Random random = new Random(seed);
    String token = issue(tokens(NOW));
    for (int i = 0; i < 500; i++) {
      StringBuilder changed = new StringBuilder(token);
      // But the last, of which two bits mean nothing.
      int at = random.nextInt(token.length() - 1);
      changed.setCharAt(at, (char) (' ' + random.nextInt(95)));
      if (!changed.toString().equals(token)) {
        assertThat(verify(changed.toString())).as("seed %d: %s", seed, changed).isEmpty();
      }
    }
  }

  // A lenient decoder reads '+' and '/' like '-' and '_', and passes over what is neither.
  @Test
  void refusesAnotherSpellingOfAGoodToken() {
    String token =
        Stream.generate(() -> issue(tokens(NOW)))
            .limit(10_000)
            .filter(text -> signature(text).contains("-") && signature(text).contains("_"))
            .findFirst()
            .orElseThrow();
    assertThat(verify(token)).isPresent();
    assertThat(verify(token.replace(signature(token), signature(token).replace('-', '+'))))
        .isEmpty();
    assertThat(verify(token.replace(signature(token), signature(token).replace('_', '/'))))
        .isEmpty();
    assertThat(verify(token + "=")).isEmpty();
    assertThat(verify(token + "\n")).isEmpty();
    assertThat(verify(token.replace(signature(token), " " + signature(token)))).isEmpty();
  }

  @Test
  void startsWithNoWeakUnknownOrMissingKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenProperties(Map.of("a", "c2hvcnQ="), null, "taskfleet"))
        .withMessageContaining("taskfleet.security.token.keys");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenProperties(Map.of("a", "not base64!"), null, "taskfleet"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenProperties(Map.of("a", SECRET), "b", "taskfleet"))
        .withMessageContaining("taskfleet.security.token.sign-with");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new TokenProperties(Map.of("a", SECRET, "b", OTHER_SECRET), null, "taskfleet"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SecurityConfiguration.tokenKeys(
                    new TokenProperties(Map.of(), null, "taskfleet"), true))
        .withMessageContaining("taskfleet.security.token.keys");
  }

  @Test
  void showsNoSecret() {
    TokenProperties properties = new TokenProperties(Map.of("a", SECRET), null, "taskfleet");

    assertThat(properties.toString()).doesNotContain(SECRET);
    assertThat(tokens(NOW).issue(KEY, "ada", Set.of(), Duration.ofMinutes(1)).toString())
        .doesNotContain("ey");
  }

  private static String signature(String token) {
    return token.substring(token.lastIndexOf('.') + 1);
  }

  private static Optional<Caller> verify(String token) {
    return tokens(NOW).verify(token);
  }

  private static String issue(Tokens tokens) {
    return tokens.issue(KEY, "ada", Set.of(Scope.TASKS_READ), Duration.ofMinutes(5)).text();
  }

  private static Tokens tokens(Instant now) {
    return tokens(now, key -> false);
  }

  private static Tokens tokens(Instant now, Predicate<UUID> ended) {
    return tokens(now, Map.of("a", SECRET, "long", secret64()), "a", ended);
  }

  private static Tokens tokens(Instant now, Map<String, String> keys, @Nullable String signWith) {
    return tokens(now, keys, signWith, key -> false);
  }

  private static Tokens tokens(
      Instant now, Map<String, String> keys, @Nullable String signWith, Predicate<UUID> ended) {
    TokenProperties properties = new TokenProperties(keys, signWith, "taskfleet");
    return new Tokens(
        TokenKeys.configured(properties), "taskfleet", ended, Clock.fixed(now, ZoneOffset.UTC));
  }

  private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
    return change
        .apply(
            new JWTClaimsSet.Builder()
                .issuer("taskfleet")
                .audience("taskfleet")
                .subject("ada")
                .claim("iat", NOW.getEpochSecond())
                .claim("nbf", NOW.minusSeconds(1).getEpochSecond())
                .claim("exp", NOW.plusSeconds(60).getEpochSecond())
                .claim("tenant", "acme")
                .claim("key", UUID.randomUUID().toString())
                .claim("scope", "tasks:read"))
        .build();
  }

  private static JWSHeader header(JWSAlgorithm algorithm, @Nullable String keyId) {
    return new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID(keyId).build();
  }

  private static String signed(JWTClaimsSet claims) throws JOSEException {
    return sign(header(JWSAlgorithm.HS256, "a"), claims, SECRET);
  }

  private static String sign(JWSHeader header, JWTClaimsSet claims, String secret)
      throws JOSEException {
    SignedJWT token = new SignedJWT(header, claims);
    token.sign(new MACSigner(Base64.getMimeDecoder().decode(secret)));
    return token.serialize();
  }

  private static String secret(byte fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, fill);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String secret64() {
    return Base64.getEncoder().encodeToString(new byte[64]);
  }
}
