package training.fusion.trainer.run;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.StoredCheckpoint;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.PictureList;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.report.RunDescription;

/**
 * The checkpoint that a pod goes on from, and what its data must be: the same classes, and the same
 * pictures in the same parts. Otherwise a label would mean another class, or a picture that was
 * trained on be tested on, and nothing would tell.
 *
 * @param checkpoint the run's own, or that of the run which {@code checkpoint.resumeFrom} names
 * @param ofOtherRun whether it is the other run's
 */
record Origin(StoredCheckpoint checkpoint, boolean ofOtherRun) {
  private static final Logger LOG = LoggerFactory.getLogger(Origin.class);

  /**
   * Looks for it: the run's own newest first. Null: there is none, nothing was trained yet.
   *
   * @throws TrainingFailure if another run is named and has none
   */
  static @Nullable Origin find(RunFolders place, CheckpointStore store) {
    StoredCheckpoint own = store.newest(LOG::warn).orElse(null);
    if (own != null) {
      return new Origin(own, false);
    }
    StoredCheckpoint other = Predecessor.newest(place.resumeFrom());
    if (other == null) {
      return null;
    }
    store.tellMachine(other, LOG::warn);
    return new Origin(other, true);
  }

  /**
   * A data set divided as the run has it.
   *
   * @param division by which the run began
   * @param read the same as it is divided when nothing is known
   * @param now of that
   * @param acceptsChanged whether a data set that is not as it was will do, known pictures in the
   *     parts that they were in
   * @throws TrainingFailure naming what differs
   */
  ImageData data(
      ImageFiles files,
      Dataset dataset,
      Division division,
      ImageData read,
      DatasetDigest now,
      boolean acceptsChanged) {
    DatasetDigest before = checkpoint.manifest().dataset();
    if (before == null) {
      return unlisted(read, now);
    }
    if (now.equals(before)) {
      return read;
    }
    PictureList list = PictureListFile.read(runFolder());
    if (list == null) {
      throw changed(
          before.difference(now)
              + "; "
              + PictureListFile.FILE
              + ", which would tell one by one, is not there",
          "");
    }
    ImageData kept = kept(files, dataset, division, list, before);
    if (kept != null && PictureList.of(kept).equals(list)) {
      return kept; // it was accepted before, and is as it was then
    }
    String difference = difference(before, now, list, PictureList.of(read));
    if (kept == null) {
      throw changed(difference, "for a class that it does not know the network has no output");
    }
    if (!acceptsChanged) {
      throw changed(
          difference,
          "./fusion resume --accept-changed-data goes on with what is there and keeps each known picture in its part");
    }
    LOG.warn("the data set is not as it was: {}; known pictures stay in their parts", difference);
    return kept;
  }

  /** Null: a class is not among the run's. */
  private static @Nullable ImageData kept(
      ImageFiles files,
      Dataset dataset,
      Division division,
      PictureList list,
      DatasetDigest before) {
    return Set.copyOf(before.classes()).containsAll(files.classNames())
        ? ImageData.of(files, dataset, list.parts(), division).named(before.classes())
        : null;
  }

  private static String difference(
      DatasetDigest before, DatasetDigest now, PictureList list, PictureList read) {
    String names = ClassNames.difference(before.classes(), now.classes());
    String pictures = list.difference(read);
    return Stream.of(names, pictures.isEmpty() ? before.difference(now) : pictures)
        .filter(text -> !text.isEmpty())
        .distinct()
        .reduce((one, other) -> one + "; " + other)
        .orElse("the order of the pictures");
  }

  /** Of a checkpoint without a digest: what the run's description says, if it is there. */
  private ImageData unlisted(ImageData read, DatasetDigest digest) {
    Optional<RunDescription> description = RunDescription.read(runFolder());
    if (description.isPresent()) {
      RunDescription then = description.get();
      if (!then.classes().equals(read.classNames())) {
        throw changed(ClassNames.difference(then.classes(), read.classNames()), "");
      }
      long before = 0L + then.train() + then.validation() + then.test() + then.skipped();
      long now = digest.images();
      if (before != now) {
        throw changed("it had %d pictures in its parts and has %d".formatted(before, now), "");
      }
    }
    LOG.warn(
        "{} is of an older version: {}; whether these are the same pictures as before can't be checked",
        checkpoint.folder(),
        description.isPresent()
            ? "only the classes and the number of pictures were compared"
            : "it has no names of classes");
    return read;
  }

  private Path runFolder() {
    Path folder = checkpoint.folder().toAbsolutePath().getParent();
    return folder == null ? checkpoint.folder() : folder;
  }

  /**
   * @param more what else there is to say to whoever goes on with a run of their own; may be empty
   */
  private TrainingFailure changed(String difference, String more) {
    String advice =
        ofOtherRun
            ? "leave dataset as it was, or " + Predecessor.itsWeights(checkpoint.folder())
            : "put it back, or train anew (in a cluster with another spec.runId)"
                + (more.isEmpty() ? "" : "; " + more);
    return TrainingFailure.badData(
        "the data set is not the one that %s was trained on: %s. %s"
            .formatted(checkpoint.folder(), difference, capital(advice)));
  }

  private static String capital(String sentence) {
    return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
