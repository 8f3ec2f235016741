package training.fusion.operator.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static training.fusion.operator.Eventually.eventually;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.resource.StatusSubresource;

@DisplayName("A replica")
class LeaderOnlyTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  private final InMemoryApi api = new InMemoryApi();
  private final Queue<String> ends = new ConcurrentLinkedQueue<>();
  private volatile Instant now = START;
  private final AtomicLong nanoseconds = new AtomicLong(Long.MAX_VALUE - 1); // it may overflow
  private final Leadership leadership = new Leadership(() -> now, nanoseconds::get, ends::add);
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(api.client().getConfiguration())
          .withHttpClientBuilderConsumer(http -> LeaderOnly.guard(http, leadership))
          .build();

  @AfterEach
  void close() {
    client.close();
    api.close();
  }

  @Test
  @DisplayName("that never led reads, and writes nothing, but does not end")
  void neverLed() {
    assertThat(client.configMaps().inAnyNamespace().list().getItems()).isEmpty();
    assertThatThrownBy(this::write)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("does not lead");
    assertThat(api.requests()).noneMatch(request -> request.startsWith("POST /api/v1"));
    assertThat(ends).isEmpty();
  }

  @Test
  @DisplayName("that has the Lease writes, for as long after the Lease's time as may pass")
  void leads() {
    acquire(START.minusSeconds(4));
    pass(Duration.ofMillis(5_900));
    write();
    pass(Duration.ofMillis(100));
    assertThat(leadership.holds()).isFalse();
    assertThatThrownBy(this::write).isInstanceOf(KubernetesClientException.class);
    assertThat(ends).isNotEmpty().allMatch(why -> why.contains("was not renewed for 10 s"));
  }

  @Test
  @DisplayName("ends where one of its clocks stood: the process was stopped, or its machine")
  void stopped() {
    acquire(START);
    now = START.plusSeconds(11);
    assertThatThrownBy(this::write).isInstanceOf(KubernetesClientException.class);
    assertThat(ends).isNotEmpty();

    now = START;
    acquire(START);
    ends.clear();
    nanoseconds.addAndGet(Duration.ofSeconds(11).toNanos());
    assertThatThrownBy(this::write).isInstanceOf(KubernetesClientException.class);
    assertThat(ends).isNotEmpty();
  }

  @Test
  @DisplayName("whose elector has failed ends, for nobody else would tell")
  void silent() {
    assertThat(client.leases().inNamespace("vision").withName("lease").get()).isNull();
    nanoseconds.addAndGet(Duration.ofMinutes(3).toNanos());
    eventually(
        () -> List.copyOf(ends),
        seen ->
            assertThat(seen)
                .anyMatch(why -> why.contains("has not stood for election for 3 minutes")));
  }

  @Test
  @DisplayName("of any kind writes what trainers report")
  void reports() {
    var training = new FusionTraining();
    training.setMetadata(
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("quickstart")
            .withNamespace("vision")
            .endMetadata()
            .build()
            .getMetadata());
    FusionTraining there = api.client().resource(training).create();

    var written =
        new StatusSubresource(client)
            .ofAnyReplica()
            .patch(there, JsonNodeFactory.instance.objectNode().put("attempt", 1));

    assertThat(written.getStatus()).isNotNull();
    assertThat(ends).isEmpty();
  }

  private void acquire(Instant time) {
    client
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName("lease-" + api.requests().size())
                .withNamespace("vision")
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("us")
                .withRenewTime(time.atZone(ZoneOffset.UTC))
                .endSpec()
                .build())
        .create();
  }

  private ConfigMap write() {
    return client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("map-" + api.requests().size())
                .withNamespace("vision")
                .endMetadata()
                .build())
        .create();
  }

  private void pass(Duration time) {
    now = now.plus(time);
    nanoseconds.addAndGet(time.toNanos());
  }
}
