package training.fusion.local.api;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** Issues tokens bound to pods, with the claims that an API server's have. */
public final class TokenIssuer {
  private static final int KEY_BITS = 2048;

  private final String issuer;
  private final RsaJsonWebKey key;

  /**
   * @param issuer the address that the tokens name as their issuer
   */
  TokenIssuer(String issuer) {
    this.issuer = issuer;
    try {
      key = RsaJwkGenerator.generateJwk(KEY_BITS);
    } catch (JoseException e) {
      throw new IllegalStateException("this Java has no RSA", e);
    }
    key.setKeyId("embedded");
    key.setUse("sig");
    key.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
  }

  /** The public key, as a JSON Web Key Set. */
  String keys() {
    return new JsonWebKeySet(key).toJson(OutputControlLevel.PUBLIC_ONLY);
  }

  /** A service-account token for this pod and audience. */
  public String token(ObjectMeta pod, String serviceAccount, String audience, Duration lifetime) {
    var claims = new JwtClaims();
    claims.setIssuer(issuer);
    claims.setAudience(audience);
    claims.setExpirationTime(
        NumericDate.fromSeconds(Instant.now().plus(lifetime).getEpochSecond()));
    claims.setIssuedAtToNow();
    claims.setNotBeforeMinutesInThePast(0);
    claims.setGeneratedJwtId();
    claims.setSubject("system:serviceaccount:" + pod.getNamespace() + ":" + serviceAccount);
    claims.setClaim(
        "kubernetes.io",
        Map.of(
            "namespace", pod.getNamespace(),
            "pod", Map.of("name", pod.getName(), "uid", pod.getUid()),
            "serviceaccount", Map.of("name", serviceAccount)));
    var token = new JsonWebSignature();
    token.setPayload(claims.toJson());
    token.setKey(key.getPrivateKey());
    token.setKeyIdHeaderValue(key.getKeyId());
    token.setAlgorithmHeaderValue(key.getAlgorithm());
    try {
      return token.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("this Java can't sign with RSA", e);
    }
  }
}
