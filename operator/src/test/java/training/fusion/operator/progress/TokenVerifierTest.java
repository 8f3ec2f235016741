package training.fusion.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final PodIdentity POD = new PodIdentity("vision", "quickstart-x-1-abcde", "u-1");
  private static final Issuer CLUSTER = new Issuer("first");
  private static final Issuer STRANGER = new Issuer("first");

  private String served = CLUSTER.document();
  private final AtomicInteger readings = new AtomicInteger();
  private Instant now = NOW;
  private final TokenVerifier verifier = verifier();

  @Test
  void aPodsTokenNamesThePod() throws TokenRefused {
    assertThat(verifier.verify(CLUSTER.sign(claims()))).isEqualTo(POD);
  }

  @Test
  void theKeysAreReadOnceForManyTokens() throws TokenRefused {
    for (int i = 0; i < 5; i++) {
      verifier.verify(CLUSTER.sign(claims()));
    }
    assertThat(readings).hasValue(1);
  }

  @Test
  void aTokenSignedByAnotherKeyIsRefused() {
    refused(STRANGER.sign(claims()), "signature is not the API server's");
  }

  @Test
  void aChangedPayloadIsRefused() {
    String[] parts = CLUSTER.sign(claims()).split("\\.", 3);
    var other = Issuer.claims(NOW, new PodIdentity("vision", "another", "u-2"));
    refused(parts[0] + "." + base64(other.toJson()) + "." + parts[2], "signature");
  }

  @Test
  void anExpiredTokenIsRefused() {
    String token = CLUSTER.sign(claims());
    now = NOW.plus(Duration.ofHours(1)).plusSeconds(31);
    refused(token, "expired");
  }

  @Test
  void aTokenForAnotherAudienceIsRefused() {
    var claims = claims();
    claims.setAudience("https://kubernetes.default.svc");
    refused(CLUSTER.sign(claims), "another audience than fusion-training");
    claims.unsetClaim("aud");
    refused(CLUSTER.sign(claims), "another audience than fusion-training");
  }

  @Test
  void aTokenFromAnotherIssuerIsRefused() {
    var claims = claims();
    claims.setIssuer("https://elsewhere");
    refused(CLUSTER.sign(claims), "another issuer");
  }

  @Test
  void aTokenWithoutSignatureIsRefused() {
    String payload = CLUSTER.sign(claims()).split("\\.", 3)[1];
    refused(
        base64("{\"alg\":\"none\",\"kid\":\"first\"}") + "." + payload + ".", "no token of a kind");
  }

  @Test
  void aTokenSignedWithThePublicKeyAsASharedSecretIsRefused() {
    String[] parts = CLUSTER.sign(claims()).split("\\.", 3);
    refused(
        base64("{\"alg\":\"HS256\",\"kid\":\"first\"}") + "." + parts[1] + "." + parts[2],
        "no token of a kind");
  }

  @Test
  void whatIsNoTokenIsRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> verifier.verify("secret.but.wrong"))
        .isInstanceOf(TokenRefused.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void aTokenThatIsNotBoundToAPodIsRefused() {
    var claims = claims();
    claims.unsetClaim("kubernetes.io");
    refused(CLUSTER.sign(claims), "not bound to a pod");
    claims.setStringClaim("kubernetes.io", "vision");
    refused(CLUSTER.sign(claims), "kubernetes.io");
  }

  @Test
  void aTokenWithoutExpiryIsRefused() {
    var claims = claims();
    claims.unsetClaim("exp");
    refused(CLUSTER.sign(claims), "no token of a kind");
  }

  @Test
  void aRotatedKeyIsReadAgainWhenATokenNeedsIt() throws TokenRefused {
    verifier.verify(CLUSTER.sign(claims()));
    var rotated = new Issuer("second");
    served = rotated.document();
    now = NOW.plusSeconds(10);
    assertThat(verifier.verify(rotated.sign(claims()))).isEqualTo(POD);
    refused(CLUSTER.sign(claims()), "none of the API server's");
  }

  @Test
  void unknownKeysMakeTheKeysBeReadAtALimitedRate() throws TokenRefused {
    verifier.verify(CLUSTER.sign(claims()));
    String unknown = new Issuer("unknown").sign(claims());
    for (int i = 0; i < 100; i++) {
      refused(unknown, "none of the API server's");
    }
    now = NOW.plusSeconds(10);
    for (int i = 0; i < 100; i++) {
      refused(unknown, "none of the API server's");
    }
    assertThat(readings).hasValue(2);
  }

  @Test
  void whenTheKeysCannotBeReadNothingIsSaidAboutTheToken() {
    served = "no key set";
    assertThatThrownBy(() -> verifier.verify(CLUSTER.sign(claims())))
        .isInstanceOf(KeysUnavailable.class);
  }

  private TokenVerifier verifier() {
    var keys =
        new SigningKeys(
            () -> {
              readings.incrementAndGet();
              return served;
            },
            Duration.ofSeconds(10),
            () -> now);
    return new TokenVerifier(keys, () -> Issuer.NAME, Issuer.AUDIENCE, () -> now);
  }

  private static JwtClaims claims() {
    return Issuer.claims(NOW, POD);
  }

  private void refused(String token, String why) {
    assertThatThrownBy(() -> verifier.verify(token))
        .isInstanceOf(TokenRefused.class)
        .hasMessageContaining(why);
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
