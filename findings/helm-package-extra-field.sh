#!/usr/bin/env bash
# Helm 3.18.6 (`helm package`) and commons-compress 1.28.0 (GzipCompressorInputStream).
#
# Helm gives the gzip header of every chart that it packages an extra field (FEXTRA) that is one text, without the
# subfields (two letters, a length, so many bytes) that RFC 1952 describes. gzip, Java's GZIPInputStream and Python pass
# over it. commons-compress parses it since 1.28.0 and refuses the whole file; up to 1.27.1 it passed over it, too.
# One would guess that what Helm itself packages can be read by the library that reads most archives in Java.
#
# Seen on 2026-11-30:
#   GZIPInputStream: read
#   commons-compress 1.27.1: read
#   commons-compress 1.28.0: java.io.IOException: Extra subfield lenght exceeds remaining bytes in extra: 21064 > 37
#
# Needs Go 1.24 or later, a JDK 17 or later, Maven. Exits with another code than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mkdir -p chart/templates
printf 'apiVersion: v2\nname: example\nversion: 0.1.0\n' >chart/Chart.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: example}\n' >chart/templates/map.yaml
go run helm.sh/helm/v3/cmd/helm@v3.18.6 package chart >/dev/null

cat >Read.java <<'J'
import java.io.InputStream;
import java.nio.file.*;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

class Read {
  public static void main(String[] arguments) throws Exception {
    try (InputStream file = Files.newInputStream(Path.of(arguments[1]));
        InputStream plain =
            arguments[0].equals("jdk")
                ? new java.util.zip.GZIPInputStream(file)
                : new GzipCompressorInputStream(file)) {
      plain.readAllBytes();
      System.out.println("read");
    } catch (java.io.IOException e) {
      System.out.println(e);
    }
  }
}
J

for artifact in org.apache.commons:commons-compress:1.27.1 org.apache.commons:commons-compress:1.28.0 \
  commons-io:commons-io:2.20.0 org.apache.commons:commons-lang3:3.18.0 commons-codec:commons-codec:1.19.0; do
  mvn -q -B dependency:copy "-Dartifact=$artifact" -DoutputDirectory=lib >/dev/null
done
others=$(printf '%s:' lib/commons-io-*.jar lib/commons-lang3-*.jar lib/commons-codec-*.jar)
jdk=$(java -cp "lib/commons-compress-1.28.0.jar:$others" Read.java jdk example-0.1.0.tgz)
old=$(java -cp "lib/commons-compress-1.27.1.jar:$others" Read.java commons example-0.1.0.tgz)
new=$(java -cp "lib/commons-compress-1.28.0.jar:$others" Read.java commons example-0.1.0.tgz)
printf 'GZIPInputStream: %s\ncommons-compress 1.27.1: %s\ncommons-compress 1.28.0: %s\n' "$jdk" "$old" "$new"
[ "$jdk" = read ] && [ "$old" = read ] && [[ $new == *"IOException"*"xtra"* ]]
