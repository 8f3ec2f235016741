package training.fusion.operator.progress;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * The keys that the API server signs service-account tokens with. A token with an unknown key id
 * makes them be read again (keys rotate), but not more often than the minimum age allows, or
 * anybody could make us ask the API server as often as they like.
 */
final class SigningKeys implements VerificationKeyResolver {
  private static final Logger LOG = Logger.getLogger(SigningKeys.class);

  private final Supplier<String> document;
  private final Duration minimumAge;
  private final InstantSource clock;
  private List<JsonWebKey> keys = List.of();
  private @Nullable Instant lastRead;

  /**
   * @param document reads the JSON Web Key Set; throws when the API server does not answer
   */
  SigningKeys(Supplier<String> document, Duration minimumAge, InstantSource clock) {
    this.document = document;
    this.minimumAge = minimumAge;
    this.clock = clock;
  }

  @Override
  public synchronized Key resolveKey(JsonWebSignature token, List<JsonWebStructure> nesting)
      throws UnresolvableKeyException {
    String id = token.getKeyIdHeaderValue();
    Key known = find(id);
    if (known == null && mayRead()) {
      read();
      known = find(id);
    }
    if (known == null) {
      throw new UnresolvableKeyException("unknown key id");
    }
    return known;
  }

  private @Nullable Key find(@Nullable String id) {
    for (JsonWebKey key : keys) {
      if (id != null && id.equals(key.getKeyId())) {
        return key.getKey();
      }
    }
    return null;
  }

  private boolean mayRead() {
    return lastRead == null || !clock.instant().isBefore(lastRead.plus(minimumAge));
  }

  private void read() {
    lastRead = clock.instant();
    try {
      keys = new JsonWebKeySet(document.get()).getJsonWebKeys();
    } catch (JoseException | KubernetesClientException e) {
      throw new KeysUnavailable(e);
    }
    LOG.debugf("read %d signing keys", keys.size());
  }
}
