package training.fusion.local.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus.Search;

/** What sweeps that search have found out, told when it has changed. */
public final class SearchNews {
  private final Map<String, String> told = new HashMap<>();

  /** Sentences about what is new. */
  public List<String> of(List<FusionSweep> sweeps) {
    List<String> news = new ArrayList<>();
    for (FusionSweep sweep : sweeps) {
      Search search = sweep.getStatus() == null ? null : sweep.getStatus().search();
      String name = sweep.getMetadata().getName();
      if (search != null && !words(search).equals(told.put(name, words(search)))) {
        news.add(name + ": " + words(search));
      }
    }
    return news;
  }

  /** How far a search is, in one line. */
  static String words(Search search) {
    return "%d of %d groups left, rung %s, saves %d %%"
        .formatted(
            search.groupsLeft(), search.groups(), search.rung(), Math.round(100 * search.saved()));
  }
}
