package training.fusion.trainer.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * Which pictures each part of a data set has, by {@link LabelledSamples#key}: class → pictures, in
 * the order of the files.
 *
 * @param validation absent if there are no validation images
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PictureList(
    Map<String, List<String>> train,
    @Nullable Map<String, List<String>> validation,
    Map<String, List<String>> test) {

  public PictureList {
    train = copy(train);
    validation = validation == null ? null : copy(validation);
    test = copy(test);
  }

  private static Map<String, List<String>> copy(Map<String, List<String>> list) {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    list.forEach((label, keys) -> copy.put(label, List.copyOf(keys)));
    return copy;
  }

  /** A picture's part and class. */
  private record Place(String part, String label) {}

  /** Of the parts as they are divided, damaged pictures included. */
  public static PictureList of(ImageData data) {
    return new PictureList(
        list(data, data.train()),
        data.validatesOnTest() ? null : list(data, data.validation()),
        list(data, data.test()));
  }

  private static Map<String, List<String>> list(ImageData data, Part part) {
    Map<String, List<String>> list = new LinkedHashMap<>();
    data.classNames().forEach(name -> list.put(name, new ArrayList<>()));
    part.forEachDrawn(
        (key, label) -> Objects.requireNonNull(list.get(data.classNames().get(label))).add(key));
    return list;
  }

  /** The parts, for dividing a data set that has these pictures again. */
  public KnownParts parts() {
    return KnownParts.of(this);
  }

  /**
   * What is otherwise in another list: {@code 3 pictures are new (such as ant/x.jpg), 160 are in
   * another part (66 from train to test), …}; empty if only the order is another.
   */
  public String difference(PictureList now) {
    Map<String, Place> before = places();
    Map<String, Place> after = now.places();
    var added = new Counted("are new");
    var gone = new Counted("are gone");
    var relabelled = new Counted("have another class");
    var moved = new Moves();
    after.forEach(
        (key, place) -> {
          Place old = before.get(key);
          if (old == null) {
            added.count(key);
            return;
          }
          if (!old.label.equals(place.label)) {
            relabelled.count("%s, %s then and %s now".formatted(key, old.label, place.label));
          }
          if (!old.part.equals(place.part)) {
            moved.count(old.part + " to " + place.part);
          }
        });
    before.keySet().stream().filter(key -> !after.containsKey(key)).forEach(gone::count);
    List<String> all = new ArrayList<>();
    added.tell(all);
    gone.tell(all);
    relabelled.tell(all);
    moved.tell(all);
    long respelled = respelled(before.keySet(), after.keySet());
    if (respelled > 0) {
      all.add(
          "%d of the new names are those of gone ones, with letters in another of Unicode's forms"
              .formatted(respelled));
    }
    return String.join(", ", all);
  }

  private static long respelled(Set<String> before, Set<String> after) {
    Set<String> gone =
        before.stream()
            .filter(key -> !after.contains(key))
            .map(ClassNames::composed)
            .collect(Collectors.toSet());
    return after.stream()
        .filter(key -> !before.contains(key) && gone.contains(ClassNames.composed(key)))
        .count();
  }

  private Map<String, Place> places() {
    Map<String, Place> places = new LinkedHashMap<>();
    put("train", train, places);
    if (validation != null) {
      put("validation", validation, places);
    }
    put("test", test, places);
    return places;
  }

  private static void put(String part, Map<String, List<String>> list, Map<String, Place> places) {
    list.forEach((label, keys) -> keys.forEach(key -> places.put(key, new Place(part, label))));
  }

  /** Pictures of which something is to be told, the first by its name. */
  private static final class Counted {
    private final String what;
    private int count;
    private String first = "";

    Counted(String what) {
      this.what = what;
    }

    void count(String name) {
      first = count++ == 0 ? name : first;
    }

    void tell(List<String> all) {
      if (count > 0) {
        all.add("%d %s (%s%s)".formatted(count, what, count == 1 ? "" : "such as ", first));
      }
    }
  }

  /** Pictures that are in another part, by from where to where. */
  private static final class Moves {
    private final Map<String, Integer> counts = new HashMap<>();

    void count(String move) {
      counts.merge(move, 1, Integer::sum);
    }

    void tell(List<String> all) {
      if (!counts.isEmpty()) {
        List<String> moves =
            counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(move -> "%d from %s".formatted(move.getValue(), move.getKey()))
                .toList();
        all.add(
            "%d would be in another part (%s)"
                .formatted(
                    counts.values().stream().mapToInt(Integer::intValue).sum(),
                    String.join(", ", moves)));
      }
    }
  }
}
