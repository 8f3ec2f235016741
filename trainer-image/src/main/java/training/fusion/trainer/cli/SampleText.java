package training.fusion.trainer.cli;

import java.util.stream.Collectors;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.LabelledSamples;

/** What samples are, in words. */
final class SampleText {
  private SampleText() {}

  /** For example {@code images of 28×28 pixels}, or {@code rows of x: F32 [3, 32, 32]}. */
  static String of(LabelledSamples samples) {
    return samples instanceof LabelledImages images
        ? "images of %d×%d pixels".formatted(images.width(), images.height())
        : samples.inputs().stream()
            .map(input -> "%s: %s".formatted(input.name(), input.words()))
            .collect(Collectors.joining(", ", "rows of ", ""));
  }
}
