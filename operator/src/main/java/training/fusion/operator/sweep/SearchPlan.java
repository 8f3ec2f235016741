package training.fusion.operator.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Optimization;
import training.fusion.api.Training;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Pause;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.resource.sweep.FusionSweepSpec;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.SweepSearch.SuccessiveHalving;
import training.fusion.api.run.Metrics;
import training.fusion.operator.sweep.search.Course;
import training.fusion.operator.sweep.search.Halving;
import training.fusion.operator.sweep.search.Quotas;
import training.fusion.operator.sweep.search.Rungs;
import training.fusion.operator.sweep.search.TrialScores;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * How far each trial of a sweep is to be trained by now: without a search all of them to the end.
 * It is a function of the spec and of what the trials' own statuses and rows say, so an operator
 * that knows nothing else comes to the same.
 *
 * @param courses by trial; empty without a search
 */
record SearchPlan(Map<String, Course> courses, FusionSweepStatus.@Nullable Search status) {
  /** The schema's defaults, for a spec that no API server has completed. */
  private static final int FACTOR = 3;

  private static final int FIRST_RUNG = 1;
  private static final int EPOCHS = 10;

  private static final SearchPlan WHOLE = new SearchPlan(Map.of(), null);

  /** Groups that are compared with one another: those of one arm and data set. */
  private record Place(String arm, @Nullable Architecture architecture, String dataset) {}

  /** One place's groups, each with its trials in the order of their seeds. */
  private record Contest(List<List<Trial>> groups, Quotas.Field field) {
    static Contest of(List<List<Trial>> groups, SuccessiveHalving asked) {
      Trial first = groups.get(0).get(0);
      Integer epochs = first.spec().training().epochs();
      Rungs rungs =
          Rungs.of(
              Objects.requireNonNullElse(asked.firstRung(), FIRST_RUNG),
              Objects.requireNonNullElse(asked.reductionFactor(), FACTOR),
              Objects.requireNonNullElse(epochs, EPOCHS));
      int all = groups.stream().mapToInt(List::size).max().orElse(0);
      List<Integer> seeds = new ArrayList<>();
      for (int rung = 0; rung < rungs.count(); rung++) {
        List<Integer> some = asked.seedsPerRung();
        seeds.add(some == null ? all : Math.min(all, some.get(Math.min(rung, some.size() - 1))));
      }
      return new Contest(groups, new Quotas.Field(groups.size(), rungs, List.copyOf(seeds)));
    }

    /** Of a grid, or of a search that tells nothing apart. */
    long gridEpochs() {
      long trials = groups.stream().mapToLong(List::size).sum();
      return trials * field.rungs().epoch(field.rungs().count() - 1);
    }

    /** Seeds that have a say in who is trained to the end. */
    int choosing() {
      return field.rungs().count() == 1 ? 0 : field.seeds().get(field.rungs().count() - 2);
    }
  }

  /** What is to be done by what is known. */
  static SearchPlan of(
      FusionSweepSpec spec,
      List<Trial> trials,
      Map<String, FusionTraining> existing,
      Map<String, TrialRow> rows) {
    if (spec.search() == null) {
      return WHOLE;
    }
    SuccessiveHalving asked = spec.search().successiveHalving();
    int factor = Objects.requireNonNullElse(asked.reductionFactor(), FACTOR);
    Training.Metric metric = Objects.requireNonNullElse(asked.metric(), Training.Metric.ACCURACY);
    List<Contest> contests = contests(trials, asked);
    List<List<Integer>> quotas =
        Quotas.of(
            contests.stream().map(Contest::field).toList(), factor, spec.search().maxEpochs());
    var known = new Known(metric, existing, rows);
    Map<String, Course> courses = new HashMap<>();
    var told = new Told();
    for (int i = 0; i < contests.size(); i++) {
      Contest contest = contests.get(i);
      Quotas.Field field = contest.field();
      List<List<TrialScores>> scores =
          contest.groups().stream()
              .map(group -> group.stream().map(trial -> known.scores(trial.name())).toList())
              .toList();
      Halving decided = Halving.of(scores, field.rungs(), field.seeds(), quotas.get(i));
      for (int group = 0; group < contest.groups().size(); group++) {
        Halving.Standing standing = decided.standings().get(group);
        int seeds = standing.rung() < 0 ? 0 : field.seeds().get(standing.rung());
        List<Trial> members = contest.groups().get(group);
        for (int seed = 0; seed < members.size(); seed++) {
          courses.put(
              members.get(seed).name(),
              new Course(
                  standing.rung(),
                  field.rungs(),
                  seed < seeds,
                  standing.fate(),
                  contest.choosing()));
        }
      }
      told.add(contest, decided, Quotas.epochs(field, quotas.get(i)));
    }
    for (Trial trial : trials) {
      told.trained += known.epochs(trial.name(), courses.get(trial.name()));
    }
    return new SearchPlan(Map.copyOf(courses), told.status());
  }

  /**
   * Refuses a search that can't choose what it is to choose.
   *
   * @throws BadSweep naming the field
   */
  static void check(FusionSweepSpec spec, List<Trial> trials) {
    if (spec.search() == null) {
      return;
    }
    SuccessiveHalving asked = spec.search().successiveHalving();
    List<Integer> seeds = Objects.requireNonNullElse(asked.seedsPerRung(), List.of());
    for (int i = 1; i < seeds.size(); i++) {
      if (seeds.get(i) < seeds.get(i - 1)) {
        throw bad(
            "seedsPerRung has %d after %d: a seed that has begun stays; let the numbers grow"
                .formatted(seeds.get(i), seeds.get(i - 1)));
      }
    }
    if (!seeds.isEmpty() && seeds.get(seeds.size() - 1) > spec.matrix().seeds().size()) {
      throw bad(
          "seedsPerRung asks for %d seeds, and matrix.seeds has %d; add some, or lower it"
              .formatted(seeds.get(seeds.size() - 1), spec.matrix().seeds().size()));
    }
    for (Trial trial : trials) {
      Double validation =
          trial.spec().dataset().split() == null
              ? null
              : trial.spec().dataset().split().validation();
      if (validation != null && validation == 0) {
        throw bad(
            "data set %s has no validation images, and test images choose nothing; raise dataset.split.validation"
                .formatted(trial.cell().dataset()));
      }
    }
    for (Contest contest : contests(trials, asked)) {
      Rungs rungs = contest.field().rungs();
      if (rungs.count() == 1) {
        throw bad(
            "firstRung is %d, and the trials of arm %s have %d epochs, so that nothing would be chosen before the end; lower it, or remove search"
                .formatted(
                    Objects.requireNonNullElse(asked.firstRung(), FIRST_RUNG),
                    contest.groups().get(0).get(0).cell().arm(),
                    rungs.epoch(0)));
      }
    }
  }

  private static BadSweep bad(String message) {
    return new BadSweep("BadSearch", "search.successiveHalving: " + message);
  }

  private static List<Contest> contests(List<Trial> trials, SuccessiveHalving asked) {
    Map<Place, Map<Optimization, List<Trial>>> places = new LinkedHashMap<>();
    for (Trial trial : trials) {
      Cell cell = trial.cell();
      places
          .computeIfAbsent(
              new Place(cell.arm(), cell.architecture(), cell.dataset()),
              place -> new LinkedHashMap<>())
          .computeIfAbsent(cell.optimization(), optimization -> new ArrayList<>())
          .add(trial);
    }
    List<Contest> contests = new ArrayList<>();
    for (Map<Optimization, List<Trial>> groups : places.values()) {
      List<List<Trial>> ordered = new ArrayList<>();
      for (List<Trial> group : groups.values()) {
        group.sort(Comparator.comparingInt(trial -> trial.cell().seed()));
        ordered.add(List.copyOf(group));
      }
      contests.add(Contest.of(ordered, asked));
    }
    return contests;
  }

  /** Whether a trial is to be trained at all, as far as is decided. */
  boolean asks(String trial) {
    Course course = courses.get(trial);
    return course == null || course.counts();
  }

  /** The epoch after which a trial is to pause; null: none. */
  @Nullable Integer pauseAfterEpoch(String trial) {
    Course course = courses.get(trial);
    return course == null ? null : course.pauseAfterEpoch();
  }

  /** Who is closer to the first rung goes first: what others wait for is known the sooner. */
  int rung(String trial) {
    Course course = courses.get(trial);
    return course == null ? 0 : course.rung();
  }

  /** What the trials have shown. */
  private record Known(
      Training.Metric metric, Map<String, FusionTraining> existing, Map<String, TrialRow> rows) {
    TrialScores scores(String trial) {
      TrialRow row = rows.get(trial);
      FusionTraining training = existing.get(trial);
      if (row != null) {
        return new TrialScores(
            atPauses(row.pauses()), score(row.best()), row.state() == TrialRow.State.FAILED);
      }
      FusionTrainingStatus status = training == null ? null : training.getStatus();
      if (status == null) {
        return TrialScores.NONE;
      }
      return new TrialScores(
          atPauses(status.pauses()),
          status.state() == State.SUCCEEDED ? score(status.best()) : null,
          status.state() == State.FAILED);
    }

    /** Epochs that a trial has trained, as far as it has told at a pause or an end. */
    long epochs(String trial, @Nullable Course course) {
      TrialRow row = rows.get(trial);
      if (row != null && row.state() == TrialRow.State.SUCCEEDED && course != null) {
        return course.rungs().epoch(course.rungs().count() - 1);
      }
      FusionTraining training = existing.get(trial);
      List<Pause> pauses =
          row != null
              ? row.pauses()
              : training == null || training.getStatus() == null
                  ? null
                  : training.getStatus().pauses();
      return pauses == null || pauses.isEmpty() ? 0 : pauses.get(pauses.size() - 1).epoch();
    }

    private Map<Integer, Double> atPauses(@Nullable List<Pause> pauses) {
      Map<Integer, Double> scores = new HashMap<>();
      for (Pause pause : Objects.requireNonNullElse(pauses, List.<Pause>of())) {
        Optional.ofNullable(score(pause.metrics())).ifPresent(it -> scores.put(pause.epoch(), it));
      }
      return Map.copyOf(scores);
    }

    private @Nullable Double score(@Nullable Metrics metrics) {
      if (metrics == null || metrics.split() != Metrics.Split.VALIDATION) {
        return null;
      }
      return switch (metric) {
        case ACCURACY -> metrics.accuracy();
        case F1 -> metrics.f1();
        case LOSS -> -metrics.loss();
      };
    }
  }

  /** Adds up what the status says. */
  private static final class Told {
    private int stage = Integer.MAX_VALUE;
    private int rungs;
    private int groups;
    private int left;
    private long planned;
    private long grid;
    private long trained;

    void add(Contest contest, Halving decided, long epochs) {
      if (decided.stage() < stage) {
        stage = decided.stage();
        rungs = contest.field().rungs().count();
      }
      groups += contest.groups().size();
      left += decided.left();
      planned += epochs;
      grid += contest.gridEpochs();
    }

    FusionSweepStatus.Search status() {
      double saved = 1 - (double) planned / grid;
      return new FusionSweepStatus.Search(
          "%d of %d".formatted(stage + 1, rungs),
          groups,
          left,
          trained,
          planned,
          grid,
          Math.rint(1000 * saved) / 1000);
    }
  }
}
