#!/usr/bin/env bash
# jte 3.2.5: TemplateEngine.createPrecompiled with a class loader.
#
# createPrecompiled(null, type, loader, package) takes a class loader and loads templates by the thread's context class
# loader all the same, unless a folder of classes is given too. Where a thread has none (the JVM's own threads, such as
# those that handle signals), a template that the given loader has is not found; where it has another, that one's is
# taken. One would guess that the loader that is given is the one that is used.
#
# Seen on 2026-11-30:
#   the thread's loader is the application's: Hello
#   the thread has no loader: gg.jte.TemplateNotFoundException
#
# Needs a JDK 17 or later, Maven. Exits with another code than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for library in jte jte-runtime jte-extension-api; do
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=gg.jte:$library:3.2.5 -DoutputDirectory=lib
done
mkdir templates classes
echo 'Hello' >templates/hello.jte
cat >Build.java <<'END'
import gg.jte.*;
import gg.jte.resolve.DirectoryCodeResolver;
import java.nio.file.Path;

class Build {
  public static void main(String[] arguments) {
    TemplateEngine.create(
            new DirectoryCodeResolver(Path.of("templates")), Path.of("classes"), ContentType.Plain, null, "example")
        .precompileAll();
  }
}
END
cat >Use.java <<'END'
import gg.jte.*;
import gg.jte.output.StringOutput;

class Use {
  public static void main(String[] arguments) throws Exception {
    ClassLoader ours = Use.class.getClassLoader();
    show("the thread's loader is the application's", ours, ours);
    show("the thread has no loader", null, ours);
  }

  static void show(String words, ClassLoader threads, ClassLoader given) throws Exception {
    var thread =
        new Thread(
            () -> {
              var output = new StringOutput();
              String seen;
              try {
                TemplateEngine.createPrecompiled(null, ContentType.Plain, given, "example")
                    .render("hello.jte", null, output);
                seen = output.toString().strip();
              } catch (RuntimeException e) {
                seen = e.getClass().getName();
              }
              System.out.println(words + ": " + seen);
            });
    thread.setContextClassLoader(threads);
    thread.start();
    thread.join();
  }
}
END
javac -cp 'lib/*' -d classes Build.java Use.java
java -cp 'lib/*:classes' Build
java -cp 'lib/*:classes' Use 2>/dev/null | tee seen

diff seen - <<'END'
the thread's loader is the application's: Hello
the thread has no loader: gg.jte.TemplateNotFoundException
END
