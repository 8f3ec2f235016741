package training.fusion.trainer.data;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * The pictures of a data set's parts that cannot be decoded.
 *
 * @param checked sha256 over the names of all that were looked at
 * @param pictures the damaged ones, in the order of the parts
 */
public record DamagedPictures(String checked, List<Damaged> pictures) {
  /**
   * A damaged picture.
   *
   * @param file its name within the data set
   * @param damage what is wrong with it
   */
  public record Damaged(String file, String damage) {
    public Damaged {
      Objects.requireNonNull(file, "file");
    }
  }

  public DamagedPictures {
    Objects.requireNonNull(checked, "checked");
    pictures = List.copyOf(pictures);
  }

  /** Told from many threads how far a check has come. */
  public interface Listener {
    /** So many of all pictures were looked at; may throw, to end the check. */
    void checked(int done, int all);
  }

  /** An image of a part, by its place in the source. */
  private record Image(LabelledSamples source, int place) {
    String name() {
      return source.name(place);
    }
  }

  /** Decodes every picture of the parts, on all processors. */
  public static DamagedPictures find(ImageData data, Listener listener) {
    List<Image> images = images(data);
    var done = new AtomicInteger();
    List<Damaged> damaged =
        images.parallelStream()
            .map(
                image -> {
                  String damage = image.source.damage(image.place);
                  listener.checked(done.incrementAndGet(), images.size());
                  return damage == null ? null : new Damaged(image.name(), damage);
                })
            .filter(Objects::nonNull)
            .toList();
    return new DamagedPictures(digest(images), damaged);
  }

  /** Whether these are of the same pictures, by their names, as the data set's parts have now. */
  public boolean areOf(ImageData data) {
    return checked.equals(digest(images(data)));
  }

  /** Their names. */
  public Set<String> names() {
    return pictures.stream().map(Damaged::file).collect(Collectors.toUnmodifiableSet());
  }

  private static List<Image> images(ImageData data) {
    return data.parts()
        .flatMap(
            part ->
                IntStream.range(0, part.count())
                    .mapToObj(i -> new Image(part.source(), part.image(i))))
        .toList();
  }

  private static String digest(List<Image> images) {
    var digest = Sha256.begin();
    for (Image image : images) {
      Sha256.addLine(digest, image.name());
    }
    return Sha256.hex(digest);
  }
}
