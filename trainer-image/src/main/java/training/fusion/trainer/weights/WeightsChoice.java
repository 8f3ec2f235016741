package training.fusion.trainer.weights;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.ArchitectureFamily;
import training.fusion.api.Pretrained;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;

/**
 * Which of a file's dictionaries is meant, under which prefix, and whose convention it follows:
 * what {@code model.pretrained} says, and for the rest what fits. Where several fit, and nothing
 * tells them apart, the choice is left to whoever wrote the training.
 */
final class WeightsChoice {
  private static final int ANY_CLASSES = 1000; // the classifier is looked at when it is loaded

  /** Entries for weights as they were trained, in training scripts; those before others. */
  private static final List<String> TRAINED =
      List.of("", "state_dict", "model_state_dict", "model", "module", "net", "network", "weights");

  /** Entries for their moving average: timm's and torchvision's. */
  private static final List<String> AVERAGED =
      List.of("state_dict_ema", "model_ema", "ema_state_dict", "ema");

  private final WeightsFile file;
  private final Architecture architecture;
  private final ArchitectureTable table;
  private final PublishedConfiguration beside;

  private WeightsChoice(WeightsFile file, Architecture architecture) {
    this.file = file;
    this.architecture = architecture;
    this.table = ArchitectureTable.of(architecture, ANY_CLASSES);
    this.beside = PublishedConfiguration.beside(file.path());
  }

  /**
   * What was chosen.
   *
   * @param otherEntries would have fitted, too
   * @param configuration the file beside the weights that told their normalization; null: none did
   */
  record Chosen(Fit fit, List<String> otherEntries, @Nullable Path configuration) {}

  /**
   * Chooses.
   *
   * @throws TrainingFailure if nothing fits, naming what is nearest, or several do
   */
  static Chosen of(WeightsFile file, Architecture architecture, Pretrained asked) {
    if (architecture.family() == ArchitectureFamily.EFFICIENTNET_V2) {
      refuseRw(file, architecture);
    }
    return new WeightsChoice(file, architecture).choose(asked);
  }

  private Chosen choose(Pretrained asked) {
    List<Convention> conventions = conventions(asked.variant());
    List<StateDict> dictionaries = dictionaries(asked.entry());
    List<Fit> fits =
        dictionaries.stream()
            .flatMap(
                dictionary ->
                    conventions.stream()
                        .flatMap(
                            convention ->
                                prefixes(dictionary, convention, asked.prefix()).stream()
                                    .map(p -> Fit.of(dictionary, p, convention, table))))
            .toList();
    List<Fit> complete = fits.stream().filter(Fit::isComplete).toList();
    if (complete.isEmpty()) {
      throw misfit(fits);
    }
    List<Fit> ofEntry = ofOneEntry(complete);
    refuseSeveralPrefixes(ofEntry);
    List<Fit> exact = ofEntry.stream().filter(Fit::isExact).toList();
    if (exact.isEmpty()) {
      throw misfit(ofEntry);
    }
    Fit fit = ofOneConvention(exact);
    return new Chosen(
        fit,
        complete.stream()
            .map(other -> other.dictionary().entry())
            .distinct()
            .filter(entry -> !entry.equals(fit.dictionary().entry()))
            .toList(),
        fit.convention().normalizationFrom() == Convention.Known.BY_FILE ? beside.from() : null);
  }

  private List<Convention> conventions(Pretrained.@Nullable Variant asked) {
    Convention own = Convention.ofModel(architecture, file.metadata());
    List<Convention> known =
        own != null
            ? List.of(own)
            : Conventions.of(architecture).stream().map(beside::applied).toList();
    if (asked == null || asked == Pretrained.Variant.AUTO) {
      return known;
    }
    Pretrained.Variant wanted = Convention.of(architecture, asked).name();
    List<Convention> chosen = known.stream().filter(c -> c.name() == wanted).toList();
    if (chosen.isEmpty()) {
      throw WeightsFile.badWeights(
          "%s is a model trained here, in the variant %s; set model.pretrained.variant to that or to Auto"
              .formatted(file.path(), file.metadata().get("variant")));
    }
    return chosen;
  }

  private List<StateDict> dictionaries(@Nullable String asked) {
    if (isAuto(asked)) {
      return largeEnough(file.stateDicts());
    }
    List<StateDict> chosen =
        file.stateDicts().stream().filter(d -> d.entry().equals(asked)).toList();
    if (chosen.isEmpty()) {
      throw WeightsFile.badWeights(
          "%s has no tensors in an entry %s, which model.pretrained.entry names; it has them in %s"
              .formatted(file.path(), asked, Fit.listed(file.stateDicts(), StateDict::tell)));
    }
    return chosen;
  }

  /** Those that could hold the network, without the hundreds that an optimizer's state has. */
  private List<StateDict> largeEnough(List<StateDict> all) {
    int half = table.parameters().size() / 2;
    List<StateDict> large = all.stream().filter(d -> d.tensors().size() > half).toList();
    return large.isEmpty()
        ? List.of(Collections.max(all, Comparator.comparingInt(d -> d.tensors().size())))
        : large;
  }

  private List<String> prefixes(
      StateDict dictionary, Convention convention, @Nullable String asked) {
    return isAuto(asked)
        ? Prefixes.of(dictionary, convention, table)
        : List.of(String.valueOf(asked));
  }

  private static boolean isAuto(@Nullable String asked) {
    return asked == null || asked.equals(Pretrained.AUTO);
  }

  /** Those of the entry that is known best, if others are not known as well. */
  private List<Fit> ofOneEntry(List<Fit> complete) {
    List<StateDict> entries = complete.stream().map(Fit::dictionary).distinct().toList();
    StateDict best =
        entries.stream().min(Comparator.comparingInt(WeightsChoice::rank)).orElseThrow();
    if (entries.stream().filter(entry -> rank(entry) == rank(best)).count() > 1) {
      throw WeightsFile.badWeights(
          "%s has weights of %s in several entries; set model.pretrained.entry to one of: %s"
              .formatted(
                  file.path(), architecture, Fit.listed(entries, entry -> quoted(entry.entry()))));
    }
    return complete.stream().filter(fit -> fit.dictionary().equals(best)).toList();
  }

  private static int rank(StateDict dictionary) {
    String entry = dictionary.entry();
    String last = entry.substring(entry.lastIndexOf('.') + 1);
    int trained = TRAINED.indexOf(last);
    int averaged = AVERAGED.indexOf(last);
    if (trained >= 0) {
      return trained;
    }
    return averaged >= 0 ? TRAINED.size() + averaged : Integer.MAX_VALUE;
  }

  private void refuseSeveralPrefixes(List<Fit> fits) {
    List<String> prefixes = fits.stream().map(Fit::prefix).distinct().toList();
    if (prefixes.size() > 1) {
      throw WeightsFile.badWeights(
          "%s has weights of %s under several prefixes; set model.pretrained.prefix to one of: %s"
              .formatted(file.path(), architecture, Fit.listed(prefixes, WeightsChoice::quoted)));
    }
  }

  private Fit ofOneConvention(List<Fit> exact) {
    List<Fit> named =
        exact.stream()
            .filter(fit -> beside.names(fit.convention()) || isNamedWithin(fit.convention()))
            .toList();
    Fit first = exact.get(0);
    boolean alike = exact.stream().allMatch(fit -> fit.convention().computesAs(first.convention()));
    if (!alike && named.size() != 1) {
      throw WeightsFile.badWeights(
          "%s has the names and shapes of several variants, and nothing in a file tells them apart; set model.pretrained.variant to one of: %s"
              .formatted(file.path(), Fit.listed(exact, fit -> fit.convention().describe())));
    }
    return named.size() == 1 ? named.get(0) : first;
  }

  /** What timm's train.py writes beside the weights. */
  private boolean isNamedWithin(Convention convention) {
    return convention.models().matcher(file.metadata().getOrDefault("arch", "")).matches();
  }

  private static String quoted(String name) {
    return "\"%s\"".formatted(name);
  }

  private static void refuseRw(WeightsFile file, Architecture architecture) {
    Function<String, Boolean> has =
        end ->
            file.stateDicts().stream()
                .flatMap(dictionary -> dictionary.tensors().keySet().stream())
                .anyMatch(name -> name.endsWith(end));
    if (has.apply("conv_stem.weight") && has.apply("blocks.0.0.conv_exp.weight")) {
      throw WeightsFile.badWeights(
          "%s has weights of timm's efficientnetv2_rw_s, which is another architecture than %s; use those of its tf_efficientnetv2 or of torchvision's efficientnet_v2"
              .formatted(file.path(), architecture));
    }
  }

  private TrainingFailure misfit(List<Fit> fits) {
    Fit nearest = fits.stream().max(Comparator.comparingInt(Fit::present)).orElseThrow();
    int needed = table.parameters().size() + table.buffers().size();
    if (nearest.present() < needed / 2) {
      List<String> names = List.copyOf(nearest.dictionary().tensors().keySet());
      return WeightsFile.badWeights(
          "%s has no weights of %s: of its %d tensors %d are there under %s's names; it has %s%s"
              .formatted(
                  file.path(),
                  architecture,
                  needed,
                  nearest.present(),
                  nearest.convention().name(),
                  names.isEmpty() ? "none at all" : Fit.listed(names, name -> name),
                  in(nearest)));
    }
    return WeightsFile.badWeights(
        "%s is nearest to %s's weights of %s%s, but does not fit: %s"
            .formatted(
                file.path(),
                nearest.convention().name(),
                architecture,
                in(nearest),
                nearest.tellProblems()));
  }

  private static String in(Fit fit) {
    String entry = fit.dictionary().entry();
    return entry.isEmpty() ? "" : ", in its entry " + entry;
  }
}
