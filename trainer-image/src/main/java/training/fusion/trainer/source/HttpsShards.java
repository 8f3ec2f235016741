package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Source;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.proxy.EnvironmentProxies;

/**
 * Shards behind HTTPS addresses, fetched side by side. The sum is that of all of them, one after
 * the other: what {@code cat train-{000..099}.tar | sha256sum} says.
 */
record HttpsShards(
    Source.Https source,
    String field,
    Map<String, String> environment,
    @Nullable SecretHeader secret,
    FetchListener listener,
    Function<FetchListener, Download> download) {

  /** The folder that they are in, fetched if need be. */
  Path in(Cache cache) {
    ShardRange range = ShardRange.of(source.url(), field + ".url");
    ProxySelector proxies = EnvironmentProxies.of(environment);
    List<HttpsFile> files =
        range.names().stream()
            .map(name -> HttpsFile.of(range.folder() + name, proxies, field, secret))
            .toList();
    String address =
        files.get(0).address() + (range.isOne() ? "" : " and %d more".formatted(files.size() - 1));
    return cache.get(
        source.sha256() + "-shards-" + named(range),
        address,
        (unfinished, content) -> {
          Path fetched = Files.createDirectories(unfinished.resolve("fetched"));
          fetch(files, fetched, address);
          for (int i = 0; i < files.size(); i++) {
            place(fetched.resolve(String.valueOf(i)), range.names().get(i), content);
          }
        });
  }

  /** Files of the same sum may have other names. */
  private static String named(ShardRange range) {
    MessageDigest digest = Sha256.begin();
    range.names().forEach(name -> Sha256.addLine(digest, path(name)));
    return Sha256.hex(digest).substring(0, 16);
  }

  private static String path(String name) {
    int query = name.indexOf('?');
    return query < 0 ? name : name.substring(0, query);
  }

  private void fetch(List<HttpsFile> files, Path fetched, String address) throws IOException {
    boolean continued = !isEmpty(fetched);
    String found = fetched(files, fetched);
    if (!found.equals(source.sha256()) && continued) {
      // a beginning may be of another version than its end: once more, whole
      delete(files, fetched);
      found = fetched(files, fetched);
    }
    if (!found.equals(source.sha256())) {
      delete(files, fetched);
      throw TrainingFailure.badData(
          "%s have together, one after the other, the sha256 %s, but %s.sha256 is %s; if they are the right ones, correct the field (cat FILES | sha256sum) and set a new spec.runId"
              .formatted(address, found, field, source.sha256()));
    }
  }

  /** The sha256 of all of them. */
  private String fetched(List<HttpsFile> files, Path fetched) throws IOException {
    List<Integer> numbers = IntStream.range(0, files.size()).boxed().toList();
    SideBySide.each(
        numbers,
        listener,
        (i, asked) -> download.apply(asked).run(files.get(i), fetched.resolve(String.valueOf(i))));
    MessageDigest digest = Sha256.begin();
    byte[] piece = new byte[1 << 16];
    for (int i : numbers) {
      listener.moved("checking what was fetched");
      listener.mayGoOn();
      try (InputStream file =
          new DigestInputStream(Files.newInputStream(fetched.resolve(String.valueOf(i))), digest)) {
        while (file.read(piece) >= 0) {
          // digested
        }
      }
    }
    return Sha256.hex(digest);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }

  private static void delete(List<HttpsFile> files, Path fetched) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Files.deleteIfExists(fetched.resolve(String.valueOf(i)));
    }
  }

  private void place(Path fetched, String name, Path content) throws IOException {
    String path = path(name);
    try {
      Path target = EntryName.below(content, path);
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.move(fetched, target);
    } catch (EntryName.Refused e) {
      throw TrainingFailure.badConfiguration(
          "%s.url: %s %s".formatted(field, EntryName.printed(path), e.getMessage()));
    }
  }
}
