package training.fusion.operator.informer;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.configuration.OperatorConfiguration;

/**
 * The namespaces of the configuration, and which of them can be watched now. One that is gone, or
 * has no Role for the operator, is left alone until it answers: the others are served.
 */
@Singleton
public class Namespaces {
  private static final Logger LOG = Logger.getLogger(Namespaces.class);
  private static final ListOptions ONE = new ListOptionsBuilder().withLimit(1L).build();

  private final KubernetesClient client;
  private final Set<String> configured;
  private final Map<String, String> refused = new TreeMap<>();
  private final AtomicLong newest = new AtomicLong();

  Namespaces(KubernetesClient client, OperatorConfiguration configuration) {
    this.client = client;
    configured = configuration.namespaces().map(Namespaces::names).orElse(Set.of());
  }

  private static Set<String> names(String list) {
    return Arrays.stream(list.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What was found by a look at all namespaces. */
  public enum Found {
    AS_BEFORE,
    /** Other namespaces can be watched than before. */
    OTHERS,
    /** The resource versions have gone back: what was watched is another world's. */
    ANOTHER_WORLD
  }

  /** Asks the API server for a training of each. */
  public synchronized Found look() {
    Set<String> before = Set.copyOf(refused.keySet());
    long known = newest.get();
    long now = 0;
    for (String namespace : all()) {
      now = Math.max(now, look(namespace));
    }
    boolean another = now != 0 && now < known;
    if (another) {
      LOG.errorf(
          "the API server's resource versions have gone back from %d to %d, as when etcd is"
              + " restored from a backup: all is listed again",
          known, now);
      newest.set(now);
    }
    saw(now);
    return another
        ? Found.ANOTHER_WORLD
        : refused.keySet().equals(before) ? Found.AS_BEFORE : Found.OTHERS;
  }

  /** The newest resource version there; 0 where it does not say. */
  private long look(String namespace) {
    try {
      String resourceVersion = ask(namespace);
      if (refused.remove(namespace) != null) {
        LOG.infof("namespace %s can be watched again", namespace);
      }
      return number(resourceVersion);
    } catch (KubernetesClientException e) {
      if (isRefusal(e)) {
        String words = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
        if (refused.put(namespace, String.valueOf(words)) == null) {
          LOG.errorf(
              "namespace %s cannot be watched, and is left alone until it can be: %s",
              namespace, words);
        }
      }
      return 0;
    }
  }

  /**
   * Lists one training of a namespace.
   *
   * @return the list's resource version
   * @throws KubernetesClientException if the API server does not let us, or does not answer
   */
  public @Nullable String ask(String namespace) {
    var trainings = client.resources(FusionTraining.class);
    var list =
        namespace.equals(Constants.WATCH_ALL_NAMESPACES)
            ? trainings.inAnyNamespace().list(ONE)
            : trainings.inNamespace(namespace).list(ONE);
    return list.getMetadata().getResourceVersion();
  }

  /** A store for an informer, from which is learned what versions there are. */
  public <R extends HasMetadata> ItemStore<R> watching(ItemStore<R> store) {
    return new ToldStore<>(
        store, resource -> saw(number(resource.getMetadata().getResourceVersion())), key -> {});
  }

  private void saw(long version) {
    newest.accumulateAndGet(version, Math::max);
  }

  /** 0: nothing follows from versions that are no numbers. */
  private static long number(@Nullable String version) {
    try {
      return version == null ? 0 : Long.parseLong(version);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static boolean isRefusal(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
        || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  private Set<String> all() {
    return configured.isEmpty() ? Constants.DEFAULT_NAMESPACES_SET : configured;
  }

  /** Those that are watched: all, where none can be, for then it is not one namespace's fault. */
  public synchronized Set<String> watched() {
    Set<String> watched = new TreeSet<>(all());
    watched.removeAll(refused.keySet());
    return watched.isEmpty() ? all() : watched;
  }

  /** Those that cannot be watched, and what the API server says. */
  public synchronized Map<String, String> refused() {
    return Map.copyOf(refused);
  }
}
