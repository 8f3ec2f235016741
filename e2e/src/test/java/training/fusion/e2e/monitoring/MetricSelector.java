package training.fusion.e2e.monitoring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A metric that a query asks for.
 *
 * @param metric its name
 * @param labels regular expressions for its labels' values, without those that Prometheus adds
 */
record MetricSelector(String metric, Map<String, String> labels) {
  private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\{([^}]*)}");
  private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(=~|=)\\s*\"([^\"]*)\"");
  private static final Set<String> OF_THE_TARGET = Set.of("job", "namespace", "pod");

  /** All that these queries ask for; each of ours has its labels in braces. */
  static List<MetricSelector> in(List<String> queries) {
    List<MetricSelector> selectors = new ArrayList<>();
    for (String query : queries) {
      Matcher found = SELECTOR.matcher(query);
      while (found.find()) {
        selectors.add(new MetricSelector(found.group(1), labels(found.group(2))));
      }
    }
    return selectors;
  }

  /** Whether one of the series of a metrics page is like this. */
  boolean isIn(String page) {
    return page.lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .map(MetricSelector::values)
        .anyMatch(
            series ->
                labels.entrySet().stream()
                    .allMatch(it -> series.getOrDefault(it.getKey(), "").matches(it.getValue())));
  }

  private static Map<String, String> labels(String braces) {
    Map<String, String> labels = new HashMap<>();
    LABEL
        .matcher(braces)
        .results()
        .filter(label -> !OF_THE_TARGET.contains(label.group(1)))
        .forEach(
            label ->
                labels.put(
                    label.group(1),
                    label.group(2).equals("=") ? Pattern.quote(label.group(3)) : label.group(3)));
    return labels;
  }

  private static Map<String, String> values(String series) {
    Map<String, String> values = new HashMap<>();
    LABEL.matcher(series).results().forEach(it -> values.put(it.group(1), it.group(3)));
    return values;
  }
}
