package training.fusion.trainer.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.picture.DecoderVersion;
import training.fusion.trainer.sample.CachedPictures;
import training.fusion.trainer.sample.DecodedImages;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.LabelledSamples;
import training.fusion.trainer.sample.PictureCache;

/**
 * The pictures of a data set that are the same bytes whenever they are asked for, in the order in
 * which they are worth keeping: those to validate on, which every epoch asks for; those to train
 * on, if they are not cut at random; those to test on.
 */
record KeptPictures(List<Part> parts, int imageBytes) {
  /** Goes into every digest: of another layout of the file's. */
  private static final String LAYOUT = "1";

  private static final int DIGEST_BYTES = 16;

  /**
   * Those of a data set; none, if its images lie ready.
   *
   * @param cutsTrain whether training images are other bytes each time
   */
  static KeptPictures of(ImageData data, boolean cutsTrain) {
    Stream<Part> parts = Stream.of(data.validation(), data.train(), data.test()).distinct();
    return new KeptPictures(
        parts
            .filter(part -> part.source() instanceof DecodedImages)
            .filter(part -> !(cutsTrain && part == data.train()))
            .toList(),
        data.train().source() instanceof LabelledImages images ? images.imageBytes() : 0);
  }

  int count() {
    return parts.stream().mapToInt(Part::count).sum();
  }

  /** What all of them take. */
  long bytes() {
    return count() * PictureCache.slotBytes(imageBytes);
  }

  /** How many of them so many bytes have room for. */
  int fitting(long bytes) {
    return (int) Math.min(count(), bytes / PictureCache.slotBytes(imageBytes));
  }

  /** What is kept of them, in words: {@code all 1000 are kept (180 MiB)}. */
  String words(int slots) {
    String all = mebibytes(bytes());
    if (slots == count()) {
      return "all %d are kept (%s)".formatted(slots, all);
    }
    return slots == 0
        ? "none is kept; there is no room for one, and all would take " + all
        : "%d of %d are kept, those to validate on first, and the others are decoded each time (%s; all would take %s)"
            .formatted(slots, count(), mebibytes(slots * PictureCache.slotBytes(imageBytes)), all);
  }

  static String mebibytes(long bytes) {
    return "%d MiB".formatted((bytes + (1 << 20) - 1) >> 20);
  }

  /**
   * What the bytes of all of them depend on, but the content of the pictures' files.
   *
   * @throws IOException if it cannot be told which program this is
   */
  String digest() throws IOException {
    var digest = Sha256.begin();
    Sha256.addLine(digest, LAYOUT + " " + DecoderVersion.ofThisProcess());
    for (Part part : parts) {
      var files = (DecodedImages) part.source();
      Path folder = files.file().toAbsolutePath().normalize();
      Sha256.addLine(digest, "%s %d %s".formatted(files.framing(), files.channels(), folder));
      for (int position = 0; position < part.count(); position++) {
        Sha256.addLine(digest, files.key(part.image(position)));
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
  }

  /** The parts' sources, each with the slots of its pictures in a cache. */
  Map<LabelledSamples, LabelledSamples> in(PictureCache cache) {
    var slots = new IdentityHashMap<LabelledSamples, int[]>();
    int next = 0;
    for (Part part : parts) {
      int[] ofSource = slots.computeIfAbsent(part.source(), KeptPictures::noSlots);
      for (int position = 0; position < part.count() && next < cache.slots(); position++) {
        ofSource[part.image(position)] = next++;
      }
    }
    var cached = new IdentityHashMap<LabelledSamples, LabelledSamples>();
    slots.forEach(
        (source, places) ->
            cached.put(source, new CachedPictures((DecodedImages) source, cache, places)));
    return cached;
  }

  private static int[] noSlots(LabelledSamples source) {
    int[] none = new int[source.count()];
    Arrays.fill(none, CachedPictures.NO_SLOT);
    return none;
  }
}
