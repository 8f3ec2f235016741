package training.fusion.trainer.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Source;
import training.fusion.api.run.RunEnvironment;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.proxy.EnvironmentProxies;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.shard.BraceExpansion;

/** Fetches what a spec names by address: a data set's folder, or a file of weights. */
public final class Sources {
  private static final String DATA = "spec.dataset.source";

  private final Cache cache;
  private final Map<String, String> environment;
  private final FetchListener listener;
  private final Download.Patience patience;
  private final Room room;

  /**
   * @param cache folder that keeps what was fetched
   * @param environment holds keys, see {@link RunEnvironment}
   */
  public Sources(Path cache, Map<String, String> environment, FetchListener listener) {
    this(cache, environment, listener, Download.Patience.USUAL, Room.OF_VOLUME);
  }

  Sources(
      Path cache,
      Map<String, String> environment,
      FetchListener listener,
      Download.Patience patience,
      Room room) {
    this.cache = new Cache(cache, listener);
    this.environment = environment;
    this.listener = listener;
    this.patience = patience;
    this.room = room;
  }

  /** Whether a source has to be fetched, rather than mounted by whoever started this process. */
  public static boolean isFetched(Source source) {
    return source.https() != null || source.s3() != null;
  }

  /**
   * The folder with a data set's files; an archive is unpacked.
   *
   * @throws TrainingFailure TemporaryIo if it can't be had now; BadConfiguration or BadData if the
   *     server refuses it, or it is not what the spec says
   */
  public Path dataset(Source source) {
    return fetch(source, DATA, RunEnvironment.DATA_S3, true);
  }

  /**
   * The folder with a data set's shards, which are not unpacked; an address may stand for many, in
   * short as {@link BraceExpansion} has it.
   *
   * @throws TrainingFailure as {@link #dataset}
   */
  public Path shards(Source source) {
    if (source.https() != null) {
      String field = DATA + ".https";
      SecretHeader secret = secret(source.https(), RunEnvironment.DATA_HTTPS_HEADER, field);
      return new HttpsShards(source.https(), field, environment, secret, listener, this::retry)
          .in(cache);
    }
    Source.S3 s3 = source.s3();
    if (s3 == null) {
      throw new IllegalArgumentException(DATA + " is not fetched");
    }
    ShardRange range = ShardRange.of(s3.uri(), DATA + ".s3.uri");
    String uri = range.isOne() ? s3.uri() : range.folder();
    var folder = new Source.S3(uri, s3.endpoint(), s3.region(), s3.secretName());
    return s3(folder, DATA + ".s3", RunEnvironment.DATA_S3, false, range::of);
  }

  /**
   * The file with pretrained weights or somebody's own network, or the folder if there are several
   * files.
   *
   * @param field of the training that asks for it
   * @throws TrainingFailure as {@link #dataset}
   */
  public Path weights(Source source, String field) {
    Path folder = fetch(source, field, RunEnvironment.WEIGHTS_S3, false);
    List<Path> files = list(folder);
    return files.size() == 1 && Files.isRegularFile(files.get(0)) ? files.get(0) : folder;
  }

  private Path fetch(Source source, String field, String keyPrefix, boolean unpacks) {
    if (source.https() != null) {
      String header =
          unpacks ? RunEnvironment.DATA_HTTPS_HEADER : RunEnvironment.WEIGHTS_HTTPS_HEADER;
      return https(source.https(), field + ".https", header, unpacks);
    }
    if (source.s3() != null) {
      return s3(source.s3(), field + ".s3", keyPrefix, unpacks, items -> items);
    }
    throw new IllegalArgumentException(field + " is not fetched");
  }

  private Path https(Source.Https source, String field, String header, boolean unpacks) {
    SecretHeader secret = secret(source, header, field);
    HttpsFile file = HttpsFile.of(source.url(), EnvironmentProxies.of(environment), field, secret);
    String key = source.sha256() + (unpacks ? "" : "-file");
    return cache.get(
        key,
        file.address(),
        (unfinished, content) -> {
          Path fetched = unfinished.resolve("fetched");
          fetch(file, fetched, source.sha256(), field);
          deliver(fetched, file.fileName(), file.address(), content, unpacks);
        });
  }

  private @Nullable SecretHeader secret(Source.Https source, String header, String field) {
    return source.secretName() == null ? null : SecretHeader.of(environment, header, field);
  }

  private void fetch(HttpsFile file, Path target, String sha256, String field) throws IOException {
    boolean continued = Files.exists(target);
    retry().run(file, target);
    String found = sha256(target);
    if (!found.equals(sha256) && continued) {
      // its beginning may be of another version than its end: once more, whole
      Files.delete(target);
      retry().run(file, target);
      found = sha256(target);
    }
    if (!found.equals(sha256)) {
      Files.delete(target);
      throw TrainingFailure.badData(
          "%s has the sha256 %s, but %s.sha256 is %s; if the file is the right one, correct the field and set a new spec.runId"
              .formatted(file.address(), found, field, sha256));
    }
  }

  private Download retry() {
    return retry(listener);
  }

  private Download retry(FetchListener asked) {
    return new Download(asked, patience, room);
  }

  private String sha256(Path file) throws IOException {
    listener.moved("checking what was fetched");
    return FileDigest.of(file).sha256();
  }

  private Path s3(
      Source.S3 source,
      String field,
      String keyPrefix,
      boolean unpacks,
      UnaryOperator<List<S3Bucket.Item>> wanted) {
    try (var bucket = new S3Bucket(source, environment, keyPrefix, field)) {
      Download retry = retry();
      List<S3Bucket.Item> items = wanted.apply(retry.ask(bucket.address(), bucket::list));
      return cache.get(
          key(items) + (unpacks ? "" : "-file"),
          bucket.address(),
          (unfinished, content) -> {
            Path fetched = Files.createDirectories(unfinished.resolve("fetched"));
            SideBySide.each(
                items, listener, (item, asked) -> fetch(bucket, item, fetched, retry(asked)));
            S3Bucket.Item first = items.get(0);
            if (items.size() == 1) {
              deliver(
                  place(fetched, first),
                  first.path(),
                  bucket.file(first).address(),
                  content,
                  unpacks);
            } else {
              for (S3Bucket.Item item : items) {
                put(place(fetched, item), item, bucket, content);
              }
            }
          });
    }
  }

  private static void put(Path fetched, S3Bucket.Item item, S3Bucket bucket, Path content)
      throws IOException {
    try {
      Path target = EntryName.below(content, item.path());
      Files.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
      Files.move(fetched, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (EntryName.Refused e) {
      throw bucket.refused(item.key(), String.valueOf(e.getMessage()));
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      throw bucket.refused(item.key(), "is a folder of other objects, too");
    }
  }

  /** Names of objects may be both a file's and a folder's until they are put in their places. */
  private static Path place(Path fetched, S3Bucket.Item item) {
    return fetched.resolve(hash(item.key() + "\n" + item.tag() + "\n" + item.size()));
  }

  private void fetch(S3Bucket bucket, S3Bucket.Item item, Path fetched, Download retry)
      throws IOException {
    Path target = place(fetched, item);
    RemoteFile file = bucket.file(item);
    if (Files.exists(target) && Files.size(target) == item.size() && hasTag(target, item)) {
      return; // an earlier attempt brought it
    }
    retry.run(file, target);
    if (!hasTag(target, item) && retry.ask(file.address(), () -> bucket.isTagADigest(item))) {
      Files.delete(target);
      throw TrainingFailure.temporaryIo(
          "%s arrived with other content than its ETag %s says; it is fetched again at the next attempt"
              .formatted(file.address(), item.tag()),
          new IOException("MD5 differs"));
    }
  }

  /** An ETag is the content's MD5 unless the object was uploaded in parts, or is encrypted. */
  private static boolean hasTag(Path file, S3Bucket.Item item) throws IOException {
    String tag = item.tag().replace("\"", "");
    return !tag.matches("[0-9a-f]{32}") || FileDigest.md5(file).equals(tag);
  }

  private void deliver(Path fetched, String name, String address, Path content, boolean unpacks)
      throws IOException {
    if (unpacks && Archive.unpack(fetched, address, content, listener, room)) {
      Files.delete(fetched);
    } else {
      Files.move(fetched, content.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String key(List<S3Bucket.Item> items) {
    StringBuilder text = new StringBuilder();
    for (S3Bucket.Item item : items) {
      text.append("%s\t%d\t%s%n".formatted(item.path(), item.size(), item.tag()));
    }
    return "s3-" + hash(text.toString());
  }

  private static String hash(String text) {
    MessageDigest digest = Sha256.begin();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return Sha256.hex(digest);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException e) {
      throw TrainingFailure.unreadable(folder, e);
    }
  }
}
