package training.fusion.operator.progress;

import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a pod's projected service-account token offline: signature, issuer, audience, expiry and
 * that it is bound to a pod. A TokenReview would need cluster-wide rights and a request per report.
 */
final class TokenVerifier {
  private static final int CLOCK_SKEW_SECONDS = 30;

  private final SigningKeys keys;
  private final Supplier<String> issuer;
  private final String audience;
  private final InstantSource clock;

  /**
   * @param issuer the only issuer whose tokens are taken; asked for each token, since it may not be
   *     known before the API server answers
   */
  TokenVerifier(SigningKeys keys, Supplier<String> issuer, String audience, InstantSource clock) {
    this.keys = keys;
    this.issuer = issuer;
    this.audience = audience;
    this.clock = clock;
  }

  /**
   * The pod that the token was issued to.
   *
   * @throws KeysUnavailable when the API server does not say what it signs with: nothing is known
   *     about the token then
   */
  PodIdentity verify(String token) throws TokenRefused {
    var consumer =
        new JwtConsumerBuilder()
            .setRequireExpirationTime()
            .setRequireSubject()
            .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
            .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
            .setExpectedIssuer(issuer.get())
            .setExpectedAudience(audience)
            // what Kubernetes signs with: never "none", never a shared secret
            .setJwsAlgorithmConstraints(
                new AlgorithmConstraints(
                    ConstraintType.PERMIT, "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"))
            .setVerificationKeyResolver(keys)
            .build();
    try {
      return pod(consumer.processToClaims(token));
    } catch (InvalidJwtException e) {
      if (e.getCause() instanceof KeysUnavailable unavailable) {
        throw unavailable;
      }
      // its message contains the whole token
      throw new TokenRefused(reason(e));
    } catch (MalformedClaimException e) {
      throw new TokenRefused("the token's claim kubernetes.io has another form than Kubernetes'");
    }
  }

  private static PodIdentity pod(JwtClaims claims) throws TokenRefused, MalformedClaimException {
    Map<?, ?> kubernetes = claims.getClaimValue("kubernetes.io", Map.class);
    Object pod = kubernetes == null ? null : kubernetes.get("pod");
    String namespace = text(kubernetes, "namespace");
    if (pod instanceof Map<?, ?> bound && namespace != null) {
      String name = text(bound, "name");
      String uid = text(bound, "uid");
      if (name != null && uid != null) {
        return new PodIdentity(namespace, name, uid);
      }
    }
    throw new TokenRefused("the token is not bound to a pod");
  }

  private static @Nullable String text(@Nullable Map<?, ?> claims, String name) {
    return claims != null && claims.get(name) instanceof String value ? value : null;
  }

  private String reason(InvalidJwtException e) {
    if (e.hasErrorCode(ErrorCodes.EXPIRED)) {
      return "the token has expired; the token file is to be read anew for each report";
    }
    if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID)
        || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
      return "the token is for another audience than " + audience;
    }
    if (e.hasErrorCode(ErrorCodes.ISSUER_INVALID) || e.hasErrorCode(ErrorCodes.ISSUER_MISSING)) {
      return "the token is from another issuer than the API server's";
    }
    if (e.hasErrorCode(ErrorCodes.SIGNATURE_INVALID)) {
      return "the token's signature is not the API server's";
    }
    if (e.getCause() instanceof UnresolvableKeyException) {
      return "the token's key is none of the API server's";
    }
    return "what was sent is no token of a kind that the API server issues";
  }
}
