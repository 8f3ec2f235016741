package training.fusion.operator.overview;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import training.fusion.operator.informer.StoreChanges;
import training.fusion.operator.watch.SweepInformer;
import training.fusion.operator.watch.TrainingInformers;

/**
 * Those who look at the page now. Each is sent all rows when it comes, by server-sent events, and
 * those that have changed twice a second after that. All of it is done by one thread, in turn, so
 * nobody gets an older row after a newer one. While nobody looks, nothing is read.
 */
@Singleton
class Viewers implements StoreChanges.Listener {
  private static final Logger LOG = Logger.getLogger(Viewers.class);
  private static final long EVERY_MILLISECONDS = 500;

  /** So many turns with nothing to say, and something is said: a proxy would close the stream. */
  private static final int QUIET_TURNS = 30;

  /** The oldest goes when one more comes. */
  private static final int MOST = 20;

  /** What a viewer may leave unread; it would be kept in memory. All rows may be more, once. */
  private static final int MOST_UNREAD_BYTES = 1 << 20;

  private final TrainingInformers trainings;
  private final SweepInformer sweeps;
  private final List<HttpServerResponse> viewers = new ArrayList<>();
  private final Set<String> changed = new HashSet<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "overview");
            thread.setDaemon(true);
            return thread;
          });
  private boolean anew;
  private int quiet;

  Viewers(TrainingInformers trainings, SweepInformer sweeps, StoreChanges changes) {
    this.trainings = trainings;
    this.sweeps = sweeps;
    changes.tell(this);
    var unused =
        thread.scheduleWithFixedDelay(
            this::turn, EVERY_MILLISECONDS, EVERY_MILLISECONDS, TimeUnit.MILLISECONDS);
  }

  @PreDestroy
  void end() {
    thread.shutdownNow();
  }

  @Override
  public void changed(String key) {
    synchronized (changed) {
      changed.add(key);
    }
  }

  @Override
  public void startedAnew() {
    synchronized (changed) {
      anew = true;
    }
  }

  /** From now on it is told. */
  void join(HttpServerResponse viewer) {
    thread.execute(() -> begin(viewer));
  }

  private void begin(HttpServerResponse viewer) {
    if (viewers.size() == MOST) {
      leave(viewers.get(0));
    }
    viewers.add(viewer);
    viewer.setWriteQueueMaxSize(MOST_UNREAD_BYTES);
    viewer.write(all());
  }

  private void turn() {
    try {
      viewers.removeIf(HttpServerResponse::closed);
      Optional<String> news = news();
      if (news.isEmpty() && ++quiet < QUIET_TURNS) {
        return;
      }
      quiet = 0;
      for (HttpServerResponse viewer : List.copyOf(viewers)) {
        if (viewer.writeQueueFull()) {
          leave(viewer); // it may come again, and gets all
        } else {
          viewer.write(news.orElse(":\n\n"));
        }
      }
    } catch (RuntimeException e) { // or the timer would end
      LOG.warn("the overview could not be told of a change; it is told of the next one", e);
    }
  }

  private void leave(HttpServerResponse viewer) {
    viewers.remove(viewer);
    viewer.reset();
  }

  /** What has changed since the last turn; while nobody looks, it is forgotten. */
  private Optional<String> news() {
    Set<String> keys;
    boolean all;
    synchronized (changed) {
      keys = Set.copyOf(changed);
      all = anew;
      changed.clear();
      anew = false;
    }
    if (viewers.isEmpty() || (keys.isEmpty() && !all)) {
      return Optional.empty();
    }
    return Optional.of(all ? all() : some(keys));
  }

  private String all() {
    return event(
        "all",
        Map.of(
            "trainings", trainings.trainings().stream().map(TrainingLine::of).toList(),
            "sweeps", sweeps.sweeps().stream().map(SweepLine::of).toList()));
  }

  private String some(Set<String> keys) {
    List<TrainingLine> changedTrainings = new ArrayList<>();
    List<SweepLine> changedSweeps = new ArrayList<>();
    List<String> trainingsGone = new ArrayList<>();
    List<String> sweepsGone = new ArrayList<>();
    for (String key : keys) {
      String[] parts = key.split("/", 2);
      trainings
          .training(parts[0], parts[1])
          .map(TrainingLine::of)
          .ifPresentOrElse(changedTrainings::add, () -> trainingsGone.add(key));
      sweeps
          .sweep(parts[0], parts[1])
          .map(SweepLine::of)
          .ifPresentOrElse(changedSweeps::add, () -> sweepsGone.add(key));
    }
    return event(
        "some",
        Map.of(
            "trainings", changedTrainings,
            "sweeps", changedSweeps,
            "trainingsGone", trainingsGone,
            "sweepsGone", sweepsGone));
  }

  /** As the format has it: JSON has no line breaks. */
  private static String event(String name, Object data) {
    return "event: %s\ndata: %s\n\n".formatted(name, Serialization.asJson(data));
  }
}
