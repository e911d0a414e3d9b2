package io.taskfleet.gateway.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.taskfleet.task.TaskIds;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tokens that stand for one user for a short time: JWTs, HS256 and nothing else. They are good
 * without asking anybody, so none can be taken back, and they end soon instead; all made with a key
 * end with it.
 */
public final class Tokens {
  private static final String AUDIENCE = "taskfleet";
  private static final String TENANT = "tenant";
  private static final String KEY = "key";
  private static final String SCOPE = "scope";
  private static final String RATE = "rate";
  // The clocks of two gateways differ by less, and one of them makes what the other checks.
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(10);

  // RFC 7515: base64url without padding. The library decodes other spellings of the same bytes too.
  private static final Pattern COMPACT = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

  private final TokenKeys keys;
  private final String issuer;
  private final Predicate<UUID> ended;
  private final Clock clock;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  /**
   * Signs and checks.
   *
   * @param ended whether the API key of this id has; asked for every token, so it must not wait
   */
  Tokens(TokenKeys keys, String issuer, Predicate<UUID> ended, Clock clock) {
    this.keys = keys;
    this.issuer = issuer;
    this.ended = ended;
    this.clock = clock;
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT));
    processor.setJWSKeySelector((header, context) -> keys.named(header));
    processor.setJWTClaimsSetVerifier(new Claims(issuer, clock));
  }

  /** A token as it is given to the caller. */
  record Token(String text, Instant expiresAt) {
    @Override
    public String toString() {
      return "Token[expiresAt=" + expiresAt + "]";
    }
  }

  /** Makes a token that lives as long as it may, but not longer than the key. */
  Token issue(Caller key, String user, Set<Scope> scopes, Duration life) {
    Instant now = clock.instant();
    Instant end = now.plus(life);
    Instant keyEnd = key.expiresAt();
    Instant expires =
        (keyEnd != null && keyEnd.isBefore(end) ? keyEnd : end).truncatedTo(ChronoUnit.SECONDS);
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience(AUDIENCE)
            .subject(user)
            .jwtID(TaskIds.next(clock).toString())
            .claim("iat", now.getEpochSecond())
            .claim("nbf", now.minus(CLOCKS_DIFFER).getEpochSecond())
            .claim("exp", expires.getEpochSecond())
            .claim(TENANT, key.tenant())
            .claim(KEY, key.keyId().toString())
            .claim(
                SCOPE, scopes.stream().sorted().map(Scope::label).collect(Collectors.joining(" ")))
            .claim(RATE, key.ratePerMinute())
            .build();
    return new Token(sign(claims), expires);
  }

  private String sign(JWTClaimsSet claims) {
    JWSHeader header =
        new JWSHeader.Builder(TokenKeys.ALGORITHM)
            .type(JOSEObjectType.JWT)
            .keyID(keys.signWith())
            .build();
    SignedJWT token = new SignedJWT(header, claims);
    try {
      token.sign(new MACSigner(keys.signing()));
    } catch (JOSEException everyJavaCan) {
      throw new IllegalStateException(everyJavaCan);
    }
    return token.serialize();
  }

  /** Whom this token stands for, if it is good. */
  public Optional<Caller> verify(String text) {
    if (!COMPACT.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      JWTClaimsSet claims = processor.process(text, null);
      UUID key =
          TaskIds.parse(claims.getStringClaim(KEY))
              .orElseThrow(() -> new ParseException("the key is no id", 0));
      if (ended.test(key)) {
        return Optional.empty();
      }
      Set<Scope> scopes =
          Arrays.stream(claims.getStringClaim(SCOPE).split(" "))
              .flatMap(label -> Scope.named(label).stream())
              .collect(Collectors.toUnmodifiableSet());
      return Optional.of(
          new Caller(
              key,
              claims.getStringClaim(TENANT),
              scopes,
              claims.getExpirationTime().toInstant(),
              claims.getIntegerClaim(RATE),
              claims.getSubject()));
    } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  /** What must be in a token, and when it is good. */
  private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {
    private final Clock clock;

    Claims(String issuer, Clock clock) {
      super(
          AUDIENCE,
          new JWTClaimsSet.Builder().issuer(issuer).build(),
          Set.of("sub", "iat", "nbf", "exp", TENANT, KEY, SCOPE));
      this.clock = clock;
      setMaxClockSkew(0);
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // what the library asks for
    protected Date currentTime() {
      return Date.from(clock.instant());
    }
  }
}
