package training.fusion.operator.informer;

import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.processing.Controller;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps the informers alive. One that has ended, for an answer that nobody can read, is started
 * again; namespaces that cannot be watched are left out, and taken in again when they can be; and
 * when the API server's resource versions go back, all is listed anew: a watch from a version that
 * is still to come would be silent until then.
 */
@Singleton
@Startup
public class Informers {
  private static final Logger LOG = Logger.getLogger(Informers.class);
  private static final int EVERY_SECONDS = 15;

  private final Operator operator;
  private final Namespaces namespaces;
  private final Event<ResourceVersionsWentBack> wentBack;
  private final ScheduledExecutorService timer;

  Informers(Operator operator, Namespaces namespaces, Event<ResourceVersionsWentBack> wentBack) {
    this.operator = operator;
    this.namespaces = namespaces;
    this.wentBack = wentBack;
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              var thread = new Thread(task, "informers");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        timer.scheduleWithFixedDelay(this::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  @PreDestroy
  void end() {
    timer.shutdownNow();
  }

  /** Those that have ended by themselves, by controller; none before the operator is started. */
  List<String> ended() {
    return !operator.getRuntimeInfo().isStarted()
        ? List.of()
        : controllers().flatMap(Informers::ended).toList();
  }

  private void look() {
    try {
      if (!operator.getRuntimeInfo().isStarted()) {
        return;
      }
      switch (namespaces.look()) {
        case ANOTHER_WORLD -> {
          wentBack.fire(new ResourceVersionsWentBack());
          controllers().forEach(Informers::startAgain);
        }
        case OTHERS -> {
          Set<String> watched = namespaces.watched();
          controllers().forEach(controller -> controller.changeNamespaces(watched));
        }
        case AS_BEFORE ->
            controllers()
                .filter(controller -> ended(controller).findAny().isPresent())
                .peek(
                    controller ->
                        LOG.errorf(
                            "informers have ended, and are started again: %s",
                            ended(controller).toList()))
                .forEach(Informers::startAgain);
      }
    } catch (RuntimeException e) { // or the timer would end
      LOG.error("the informers could not be looked after; they are in a while", e);
    }
  }

  /**
   * Stops and starts one; whether it reconciles is the leader election's to say, before as after.
   */
  private static void startAgain(Controller<?> controller) {
    synchronized (controller) { // as its own methods do
      boolean reconciles = controller.getEventProcessor().isRunning();
      controller.stop();
      controller.start(reconciles);
    }
  }

  @SuppressWarnings("unchecked") // the operator SDK leaves the types out
  private static Stream<String> ended(Controller<?> controller) {
    return controller
        .getControllerHealthInfo()
        .informerEventSourceHealthIndicators()
        .entrySet()
        .stream()
        .filter(source -> hasEnded(source.getValue().informerHealthIndicators().values()))
        .map(source -> controller.getConfiguration().getName() + ": " + source.getKey());
  }

  private static boolean hasEnded(Collection<InformerHealthIndicator> informers) {
    return informers.stream().anyMatch(informer -> !informer.isRunning());
  }

  private Stream<Controller<?>> controllers() {
    return operator.getRuntimeInfo().getRegisteredControllers().stream()
        .map(controller -> (Controller<?>) controller);
  }
}
