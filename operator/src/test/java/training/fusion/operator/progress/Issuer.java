package training.fusion.operator.progress;

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

/** Issues projected tokens of the form a 1.34 API server gives them. */
final class Issuer {
  static final String NAME = "https://kubernetes.default.svc";
  static final String AUDIENCE = "fusion-training";

  private final RsaJsonWebKey key;

  Issuer(String keyId) {
    try {
      key = RsaJwkGenerator.generateJwk(2048);
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
    key.setKeyId(keyId);
    key.setUse("sig");
    key.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
  }

  /** The key set as {@code /openid/v1/jwks} serves it. */
  String document() {
    return new JsonWebKeySet(key).toJson(OutputControlLevel.PUBLIC_ONLY);
  }

  /** Claims of a token that is in order: issued now, for an hour. */
  static JwtClaims claims(Instant now, PodIdentity pod) {
    var claims = new JwtClaims();
    claims.setIssuer(NAME);
    claims.setAudience(AUDIENCE);
    claims.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
    claims.setNotBefore(NumericDate.fromSeconds(now.getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(now.getEpochSecond() + 3600));
    claims.setGeneratedJwtId();
    claims.setSubject("system:serviceaccount:" + pod.namespace() + ":default");
    claims.setClaim(
        "kubernetes.io",
        Map.of(
            "namespace",
            pod.namespace(),
            "node",
            Map.of("name", "node-0", "uid", "4c1d"),
            "pod",
            Map.of("name", pod.name(), "uid", pod.uid()),
            "serviceaccount",
            Map.of("name", "default", "uid", "91aa")));
    return claims;
  }

  String sign(JwtClaims claims) {
    var signature = new JsonWebSignature();
    signature.setPayload(claims.toJson());
    signature.setKey(key.getPrivateKey());
    signature.setKeyIdHeaderValue(key.getKeyId());
    signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }
}
