package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.api.Dataset.Resize.Mode;
import training.fusion.trainer.picture.Picture.Box;

@DisplayName("A picture that is taken row by row")
class RowByRowTest {
  private static final int[][] EXTENTS = {{1, 1}, {3, 500}, {400, 5}, {128, 64}, {257, 131}};

  /** Whole pictures are compared with Pillow's elsewhere. */
  @Test
  @DisplayName("becomes what it becomes as a whole, in every byte")
  void asAWhole() throws IOException {
    Map<String, Integer> byRows = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      Picture whole = PictureDecoder.decode(file.getValue());
      for (View view : views(whole.height(), whole.width())) {
        var rows =
            new Decoding(
                view, caveat -> {}, new DecodingMemory(Long.MAX_VALUE), file.getValue().length, 0);
        Picture found = PictureDecoder.decode(file.getValue(), rows);
        assertThat(found)
            .as(file.getKey())
            .isEqualTo(view.of(whole.height(), whole.width()).apply(whole));
        if (rows.tookRows()) {
          byRows.merge(file.getKey().replaceFirst("\\S+ ", ""), 1, Integer::sum);
        }
      }
    }
    assertThat(byRows.keySet())
        .containsExactlyInAnyOrder(
            "JPEG", "progressive JPEG", "grey JPEG", "PNG", "grey PNG", "PNG with alpha");
    assertThat(byRows.values()).containsOnly(5 * 8);
  }

  @Test
  @DisplayName("or as a whole never takes more memory together with others than there is")
  void bounded() throws InterruptedException {
    long most = 40L << 16;
    var memory = new DecodingMemory(most);
    var taken = new AtomicLong();
    var highest = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      var random = new SplittableRandom(i);
      threads.add(
          new Thread(
              () -> {
                for (int round = 0; round < 500; round++) {
                  int units = memory.take(random.nextLong(2 * most));
                  highest.accumulateAndGet(taken.addAndGet(units), Math::max);
                  taken.addAndGet(-units);
                  memory.giveBack(units);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(highest.get()).isBetween(1L, 40L);
  }

  private static List<View> views(int height, int width) {
    List<View> views = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      views.add(framing(mode, 33).view());
    }
    views.add(new Framing(Mode.SQUASH, Interpolation.BICUBIC, 300).view());
    var crop = new RandomResizedCrop(40, Interpolation.BILINEAR, 0.08, 1, 3 / 4.0, 4 / 3.0);
    for (long seed = 0; seed < 2; seed++) {
      Box part = crop.draw(new SplittableRandom(seed)::nextLong, height, width);
      views.add((h, w) -> new Scaling(part, 40, 40, new Box(0, 0, 40, 40), Interpolation.BILINEAR));
    }
    views.add(View.NOTHING);
    views.add((h, w) -> Scaling.cut(new Box(h / 2, w / 3, h - h / 2, w - w / 3)));
    return views;
  }

  private static Framing framing(Mode mode, int size) {
    return new Framing(mode, Interpolation.BILINEAR, size);
  }

  /** Of formats and kinds whose rows come one after the other, and of some whose do not. */
  private static Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int[] extent : EXTENTS) {
      String name = extent[0] + "x" + extent[1];
      BufferedImage rgb = noise(extent[0], extent[1], BufferedImage.TYPE_3BYTE_BGR);
      BufferedImage grey = noise(extent[0], extent[1], BufferedImage.TYPE_BYTE_GRAY);
      files.put(name + " JPEG", jpeg(rgb, false));
      files.put(name + " progressive JPEG", jpeg(rgb, true));
      files.put(name + " grey JPEG", jpeg(grey, false));
      files.put(name + " PNG", png(rgb));
      files.put(name + " grey PNG", png(grey));
      files.put(
          name + " PNG with alpha",
          png(noise(extent[0], extent[1], BufferedImage.TYPE_4BYTE_ABGR)));
      files.put(name + " interlaced PNG", interlaced(rgb));
      files.put(
          name + " grey PNG of 16 bits",
          png(noise(extent[0], extent[1], BufferedImage.TYPE_USHORT_GRAY)));
      files.put(name + " BMP", written("bmp", rgb));
      files.put(name + " TIFF", written("tiff", rgb));
    }
    return files;
  }

  private static BufferedImage noise(int height, int width, int type) {
    var image = new BufferedImage(width, height, type);
    var random = new SplittableRandom(height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  private static byte[] png(BufferedImage image) throws IOException {
    return written("png", image);
  }

  private static byte[] interlaced(BufferedImage image) throws IOException {
    return written("png", image, true);
  }

  private static byte[] jpeg(BufferedImage image, boolean progressive) throws IOException {
    return written("jpeg", image, progressive);
  }

  private static byte[] written(String format, BufferedImage image) throws IOException {
    return written(format, image, false);
  }

  static byte[] written(String format, BufferedImage image, boolean progressive)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    if (progressive) {
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    }
    var bytes = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
