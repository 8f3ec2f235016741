package training.fusion.operator.sweep;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.informer.ResourceVersionsWentBack;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * The rows of sweeps, in ConfigMaps {@code <sweep>-rows-<n>} of at most 200: each trial's under its
 * name. Only the leader writes them, so what it has read once stays true; where it does not, the
 * ConfigMap's resource version says so, and all is read again.
 */
@Singleton
class TrialRowStore {
  private static final Logger LOG = Logger.getLogger(TrialRowStore.class);

  private static final int IN_A_SHARD = 200;

  /** A shard must stay below a ConfigMap's 1 MiB with all its histories. */
  private static final int MOST_CHARACTERS = 900_000;

  /** Sweeps whose rows are held; others are read again when they are asked for. */
  private static final int HELD = 50;

  private final ConfigMaps configMaps;
  private final Map<String, List<Shard>> held = new LinkedHashMap<>(16, 0.75f, true);

  TrialRowStore(ConfigMaps configMaps) {
    this.configMaps = configMaps;
  }

  /**
   * What is known of a ConfigMap.
   *
   * @param rows without histories, which only reports need
   */
  private record Shard(String name, Map<String, TrialRow> rows, int characters) {
    boolean hasRoom() {
      return rows.size() < IN_A_SHARD && characters < MOST_CHARACTERS;
    }
  }

  /** A sweep's rows by trial, without their histories. */
  synchronized Map<String, TrialRow> of(FusionSweep sweep) {
    Map<String, TrialRow> all = new LinkedHashMap<>();
    shards(sweep).forEach(shard -> all.putAll(shard.rows()));
    return all;
  }

  /** The same with histories, read anew. */
  List<TrialRow> whole(FusionSweep sweep) {
    List<TrialRow> all = new ArrayList<>();
    for (String name : names(sweep)) {
      configMaps.read(sweep, name).ifPresent(map -> all.addAll(rows(map).values()));
    }
    return all;
  }

  /** Names of the ConfigMaps that there are. */
  synchronized List<String> names(FusionSweep sweep) {
    return shards(sweep).stream().map(Shard::name).toList();
  }

  /** Keeps rows of trials that have none. */
  synchronized void add(FusionSweep sweep, List<TrialRow> rows) {
    List<TrialRow> left = new ArrayList<>(rows);
    try {
      while (!left.isEmpty()) {
        List<Shard> shards = shards(sweep);
        int last = shards.size() - 1;
        boolean opensOne = shards.isEmpty() || !shards.get(last).hasRoom();
        String name = name(sweep, opensOne ? last + 1 : last);
        int room = IN_A_SHARD - (opensOne ? 0 : shards.get(last).rows().size());
        List<TrialRow> part = left.subList(0, Math.min(room, left.size()));
        Shard written =
            shard(
                opensOne
                    ? configMaps.create(sweep, name, "rows", data(part))
                    : extend(sweep, name, part));
        if (opensOne) {
          shards.add(written);
        } else {
          shards.set(last, written);
        }
        part.clear();
      }
    } catch (KubernetesClientException | Refused e) {
      held.remove(sweep.getMetadata().getUid()); // somebody else wrote, or nobody knows
      throw e;
    }
  }

  /** All is read again. */
  synchronized void forget(@Observes ResourceVersionsWentBack event) {
    held.clear();
  }

  private ConfigMap extend(FusionSweep sweep, String name, List<TrialRow> rows) {
    ConfigMap map = configMaps.read(sweep, name).orElseThrow(() -> ConfigMaps.gone(name));
    map.getData().putAll(data(rows));
    return configMaps.update(map);
  }

  private List<Shard> shards(FusionSweep sweep) {
    String uid = sweep.getMetadata().getUid();
    List<Shard> known = held.get(uid);
    if (known != null) {
      return known;
    }
    List<Shard> found = new ArrayList<>();
    Optional<ConfigMap> map = configMaps.read(sweep, name(sweep, 0));
    while (map.isPresent()) {
      found.add(shard(map.get()));
      map = configMaps.read(sweep, name(sweep, found.size()));
    }
    held.put(uid, found);
    if (held.size() > HELD) {
      held.remove(held.keySet().iterator().next());
    }
    return found;
  }

  private static String name(FusionSweep sweep, int index) {
    return sweep.getMetadata().getName() + "-rows-" + index;
  }

  private static Shard shard(ConfigMap map) {
    Map<String, TrialRow> rows = rows(map);
    rows.replaceAll((trial, row) -> row.withoutHistory());
    return new Shard(
        map.getMetadata().getName(),
        rows,
        map.getData().values().stream().mapToInt(String::length).sum());
  }

  private static Map<String, String> data(List<TrialRow> rows) {
    Map<String, String> data = new LinkedHashMap<>();
    rows.forEach(row -> data.put(row.trial(), Serialization.asJson(row)));
    return data;
  }

  private static Map<String, TrialRow> rows(ConfigMap map) {
    Map<String, TrialRow> rows = new LinkedHashMap<>();
    map.getData().forEach((trial, json) -> row(trial, json).ifPresent(row -> rows.put(trial, row)));
    return rows;
  }

  /** Empty for what somebody else has put there: its trial counts as one without a row. */
  private static Optional<TrialRow> row(String trial, String json) {
    try {
      return Optional.ofNullable(Serialization.unmarshal(json, TrialRow.class))
          .filter(row -> trial.equals(row.trial()) && row.state() != null && row.cell() != null);
    } catch (KubernetesClientException | IllegalArgumentException e) {
      LOG.warnf("a row of trial %s can't be read, and is written anew: %s", trial, e.getMessage());
      return Optional.empty();
    }
  }
}
