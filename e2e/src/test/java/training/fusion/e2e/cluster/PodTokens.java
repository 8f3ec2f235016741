package training.fusion.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;

/** Tokens as a kubelet puts them into a pod, and such as nobody is to take. */
public record PodTokens(ControlPlane controlPlane) {
  /** The audience that the operator asks for. */
  static final String AUDIENCE = "fusion-training";

  private static final Duration HOUR = Duration.ofHours(1);

  /** A new one for this pod, by the API server. */
  public String of(Pod pod) {
    return of(pod, AUDIENCE, HOUR);
  }

  /** As the kubelet asks for one: bound to the pod, by the API server's own key. */
  public String of(Pod pod, String audience, Duration lifetime) {
    var request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audience)
            .withExpirationSeconds(lifetime.toSeconds())
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    return token(pod, request);
  }

  /** One of the pod's service account, bound to nothing. */
  public String unbound(Pod pod) {
    return token(
        pod, new TokenRequestBuilder().withNewSpec().withAudiences(AUDIENCE).endSpec().build());
  }

  private String token(Pod pod, TokenRequest request) {
    return controlPlane
        .client()
        .serviceAccounts()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(Objects.requireNonNullElse(pod.getSpec().getServiceAccountName(), "default"))
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  /** One by the API server's own key that ended an hour ago. */
  public String expired(Pod pod) throws GeneralSecurityException, JoseException, IOException {
    JwtClaims claims = claims(of(pod));
    claims.setExpirationTime(NumericDate.fromMilliseconds(System.currentTimeMillis() - 3_600_000));
    return signed(claims, of(pod), apiServersKey());
  }

  /** One that says what the API server's says, by a key of our own under the same name. */
  public String forged(Pod pod) throws GeneralSecurityException, JoseException {
    PrivateKey key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
    return signed(claims(of(pod)), of(pod), key);
  }

  private static JwtClaims claims(String token) {
    String payload = token.split("\\.", -1)[1];
    try {
      return JwtClaims.parse(new String(Base64.getUrlDecoder().decode(payload), UTF_8));
    } catch (InvalidJwtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** These claims with the header of a token. */
  private static String signed(JwtClaims claims, String like, PrivateKey key) throws JoseException {
    var token = new JsonWebSignature();
    token.setPayload(claims.toJson());
    token.setKey(key);
    token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    token.setKeyIdHeaderValue(
        ((JsonWebSignature) JsonWebSignature.fromCompactSerialization(like)).getKeyIdHeaderValue());
    return token.getCompactSerialization();
  }

  // in whichever form the installed openssl wrote it
  private PrivateKey apiServersKey() throws GeneralSecurityException, IOException {
    Path file = controlPlane.kubeconfig().resolveSibling("pki/service-accounts.key");
    Process openssl =
        new ProcessBuilder(
                "openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", file.toString())
            .start();
    byte[] key = openssl.getInputStream().readAllBytes();
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key));
  }
}
