package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("process")
@DisplayName("./fusion")
class FusionScriptTest extends FusionScriptFixture {
  @Test
  @DisplayName("builds once, and not again while the sources are the same")
  void buildsOnce() throws Exception {
    assertThat(fusion("run", "a.yaml").status()).isZero();
    Outcome second = fusion("run", "a.yaml");

    assertThat(calls("mvn")).hasSize(1).first().asString().contains("[-pl][local][-am][package]");
    assertThat(second).isEqualTo(new Outcome(0, ""));
  }

  @Test
  @DisplayName("builds again when a source changed, appeared or went, and not for a test")
  void buildsWhatChanged() throws Exception {
    fusion("run");
    write("local/src/test/java/ATest.java", "class ATest {}");
    fusion("run");
    assertThat(calls("mvn")).hasSize(1);

    write("local/src/main/java/A.java", "class A { int changed; }");
    fusion("run");
    write("crds/resources/crd/new.yaml", "kind: CustomResourceDefinition");
    fusion("run");
    Files.delete(root.resolve("local/src/main/java/A.java"));
    fusion("run");
    assertThat(calls("mvn")).hasSize(4);
  }

  @Test
  @DisplayName("hands arguments and exit status on as they are, from any folder")
  void handsArgumentsOn() throws Exception {
    environment.put("JAVA_STATUS", "7");

    Outcome outcome = fusion("run", "--volume", "data=/a folder", "");

    assertThat(outcome.status()).isEqualTo(7);
    assertThat(lastCallOfJava())
        .contains("-Dfusion.root=" + root.toRealPath())
        .endsWith("[training.fusion.local.Main][run][--volume][data=/a folder][]");
  }

  @Test
  @DisplayName("starts the trainer alone for train, blocks and dry-run")
  void startsTrainer() throws Exception {
    fusion("blocks", "EfficientNetV2-S");

    assertThat(lastCallOfJava())
        .contains("trainer-image/target/trainer/lib/*")
        .endsWith("[training.fusion.trainer.Main][blocks][EfficientNetV2-S]");
  }

  @Test
  @DisplayName("has a trainer's classes from an archive, which is made of an earlier one's list")
  void sharesClasses() throws Exception {
    String state = root.toRealPath() + "/.fusion/";
    String listing = "[-XX:DumpLoadedClassList=" + state + "classes.%p]";
    fusion("train", "a.yaml");
    String ofTraining = "training/fusion/trainer/train/Trainer id: 9";
    write(".fusion/classes.pid" + ProcessHandle.current().pid(), ofTraining); // trains still
    write(".fusion/classes.pid" + Integer.MAX_VALUE, "java/lang/Object id: 0"); // was refused
    fusion("train", "a.yaml");
    assertThat(calls("java")).hasSize(2).allMatch(call -> call.contains(listing));

    write(".fusion/classes.pid" + Integer.MAX_VALUE, ofTraining);
    fusion("run", "a.yaml");
    Path archive = root.resolve(".fusion/classes-17.0.15.jsa");
    Eventually.eventually("the archive", () -> Files.exists(archive), made -> made);
    assertThat(calls("java")).anyMatch(call -> call.contains("[-Xshare:dump]"));

    fusion("train", "a.yaml");
    assertThat(lastCallOfJava())
        .contains("[-XX:SharedArchiveFile=" + state + "classes-17.0.15.jsa]")
        .doesNotContain(listing);
    fusion("run", "a.yaml");
    assertThat(lastCallOfJava()).contains("[-Dfusion.classes=" + state + "classes-17.0.15.jsa]");

    write("pom.xml", "changed");
    fusion("train", "a.yaml");
    assertThat(archive).doesNotExist();
    assertThat(lastCallOfJava()).contains(listing);
  }

  private String lastCallOfJava() throws IOException {
    List<String> calls = calls("java");
    return calls.get(calls.size() - 1);
  }

  @Test
  @DisplayName("says how much it will download the first time, and only then")
  void announcesDownload() throws Exception {
    assertThat(fusion("run").said())
        .containsPattern("first use: Maven downloads about \\d+ MB \\(128 MB of it libtorch\\)");

    Files.createDirectories(home.resolve(".m2/repository/ai/djl/pytorch"));
    write("pom.xml", "changed");
    assertThat(fusion("run").said()).doesNotContain("downloads").contains("built in");
  }

  @Test
  @DisplayName("keeps its own Maven repository where the home folder can't be written")
  void worksWithReadOnlyHome() throws Exception {
    Files.delete(home);
    Files.writeString(home, "a file, so that nobody can write below it, root neither");

    assertThat(fusion("run").status()).isZero();
    assertThat(calls("mvn").get(0))
        .contains("[-Dmaven.repo.local=" + root.toRealPath() + "/.fusion/m2]");
  }

  @Test
  @DisplayName("asks for a JDK in one sentence")
  void asksForJdk() throws Exception {
    jdk("11.0.2");
    assertThat(fusion("run"))
        .isEqualTo(refusal("a JDK, 17 or later, is needed; the one in JAVA_HOME (%s) is 11.0.2."));

    Files.delete(folder.resolve("jdk/bin/javac"));
    assertThat(fusion("run"))
        .isEqualTo(refusal("a JDK, 17 or later, is needed and there is none in JAVA_HOME (%s)."));
    assertThat(calls("mvn")).isEmpty();
  }

  @Test
  @DisplayName("asks for Maven in one sentence")
  void asksForMaven() throws Exception {
    maven("3.6.3", BUILD);
    assertThat(fusion("run"))
        .isEqualTo(refusal("Maven, 3.8 or later, is needed; the PATH has 3.6.3."));

    tool("mvn", "exit 127");
    assertThat(fusion("run"))
        .isEqualTo(refusal("Maven, 3.8 or later, is needed and the PATH has no mvn that works."));
  }

  @Test
  @DisplayName("refuses a platform without libtorch before anything is downloaded")
  void refusesPlatform() throws Exception {
    tool("uname", "[ \"$1\" = -s ] && echo Darwin || echo x86_64");

    assertThat(fusion("run"))
        .isEqualTo(
            refusal(
                "there is no libtorch for Intel Macs; a Mac with Apple silicon or Linux is"
                    + " needed."));
    assertThat(calls("mvn")).isEmpty();
    assertThat(root.resolve(".fusion")).doesNotExist();
  }

  @Test
  @DisplayName("says what Maven said when a build fails, and builds again the next time")
  void reportsFailedBuild() throws Exception {
    maven("3.9.9", "echo '[ERROR] Could not transfer artifact a:b from central'; exit 1");
    Outcome failed = fusion("run");
    assertThat(failed.status()).isEqualTo(70);
    assertThat(failed.said())
        .contains("the first build needs a network")
        .contains("[ERROR] Could not transfer artifact a:b")
        .contains(".fusion/build.log");

    maven("3.9.9", BUILD);
    assertThat(fusion("run").status()).isZero();
  }

  @Test
  @DisplayName("builds once when two start together")
  void buildsOnceForTwo() throws Exception {
    Path gate = folder.resolve("gate");
    maven("3.9.9", "until [ -e '" + gate + "' ]; do sleep 0.1; done\n" + BUILD);
    Process first = start("run");
    Process second = start("run");
    Files.createFile(gate);

    assertThat(List.of(outcome(first).status(), outcome(second).status())).containsOnly(0);
    assertThat(calls("mvn")).hasSize(1);
  }

  @Test
  @DisplayName("clean removes what was built, and no other folder of that name")
  void cleans() throws Exception {
    fusion("run");
    write("output/target/model.safetensors", "a result");

    Outcome cleaned = fusion("clean");
    assertThat(cleaned.status()).isZero();
    assertThat(cleaned.said()).startsWith("fusion: removing ").contains("kB  local/target\n");
    assertThat(root.resolve("local/target")).doesNotExist();
    assertThat(root.resolve(".fusion")).doesNotExist();
    assertThat(root.resolve("output/target/model.safetensors")).exists();
    assertThat(fusion("clean")).isEqualTo(new Outcome(0, "fusion: removing 0 kB\n"));
  }

  @Test
  @DisplayName("clean keeps what was fetched unless it is told, and says so")
  void keepsWhatWasFetched() throws Exception {
    fusion("run");
    write(".fusion/fetched/data/images", "downloaded");
    write(".fusion/m2/a.jar", "downloaded");

    Outcome kept = fusion("clean");
    assertThat(kept.said()).contains("kept, as --fetched was not given,", ".fusion/fetched");
    assertThat(root.resolve(".fusion/fetched/data/images")).exists();
    assertThat(root.resolve(".fusion/m2/a.jar")).exists();
    assertThat(root.resolve(".fusion/built")).doesNotExist();

    assertThat(fusion("clean", "--fetched").said()).doesNotContain("kept");
    assertThat(root.resolve(".fusion")).doesNotExist();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"--help, 0", "-h, 0", "--all, 64", "output, 64", "--dry-run, 0", "--fetched --x, 64"})
  @DisplayName("clean removes nothing for what it does not know, nor where it is only asked")
  void cleansNothing(String options, int status) throws Exception {
    fusion("run");
    write(".fusion/fetched/data/images", "downloaded");
    List<String> before = files();

    List<String> command = new ArrayList<>(List.of("clean"));
    command.addAll(List.of(options.split(" ", -1)));
    Outcome outcome = fusion(command.toArray(String[]::new));

    assertThat(outcome.status()).as(outcome.said()).isEqualTo(status);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  @DisplayName("clean removes nothing under a build that is under way")
  void doesNotCleanUnderABuild() throws Exception {
    fusion("run");
    write(".fusion/building/pid", String.valueOf(ProcessHandle.current().pid()));
    List<String> before = files();

    assertThat(fusion("clean").status()).isEqualTo(64);
    assertThat(files()).isEqualTo(before);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.map(Path::toString).sorted().toList();
    }
  }

  @Test
  @DisplayName("builds again when what it built is gone")
  void buildsWhatIsGone() throws Exception {
    fusion("run");
    Files.delete(root.resolve("operator/target/fusion-operator-runner.jar"));
    fusion("run");

    assertThat(calls("mvn")).hasSize(2);
  }

  @Test
  @DisplayName("finds its repository through a link")
  void followsLink() throws Exception {
    fusion("run");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a checkout", "fusion"));

    var process = new ProcessBuilder(link.toString(), "clean").redirectErrorStream(true).start();
    assertThat(outcome(process).status()).isZero();
    assertThat(root.resolve(".fusion")).doesNotExist();
  }

  @Test
  @DisplayName("builds with libtorch for CUDA once --cuda was given, says so, and goes back")
  void cuda() throws Exception {
    Files.createDirectories(home.resolve(".m2/repository/ai/djl/pytorch"));
    fusion("run");
    assertThat(fusion("--cuda", "train", "a.yaml").said())
        .contains("libtorch for CUDA: Maven downloads about 2500 MB");
    assertThat(calls("mvn")).hasSize(2).last().asString().contains("[-Pcuda]");
    assertThat(lastCallOfJava())
        .contains("[-Djna.library.path=" + root.toRealPath())
        .endsWith("[training.fusion.trainer.Main][train][a.yaml]");
    fusion("train", "a.yaml");
    assertThat(calls("mvn")).hasSize(2);
    fusion("--no-cuda", "train", "a.yaml");
    assertThat(calls("mvn")).hasSize(3).last().asString().doesNotContain("-Pcuda");

    tool("uname", "[ \"$1\" = -s ] && echo Linux || echo aarch64");
    assertThat(fusion("--cuda", "run"))
        .isEqualTo(
            refusal(
                "libtorch for CUDA is there for Linux on x86_64 alone; --no-cuda computes on the"
                    + " CPU."));
  }

  @Test
  @DisplayName("tells its version without a build, and what a command takes")
  void versionAndHelp() throws Exception {
    write(
        "pom.xml", "<x>\n  <revision>1.2.3</revision>\n  <changelist>-SNAPSHOT</changelist>\n</x>");
    assertThat(fusion("--version")).isEqualTo(new Outcome(0, "fusion 1.2.3-SNAPSHOT\n"));
    assertThat(calls("mvn")).isEmpty();
    fusion("help", "run");
    assertThat(lastCallOfJava()).endsWith("[run][--help]");
    assertThat(fusion("help").said()).startsWith("Trains image classifiers");
  }

  @Test
  @DisplayName("prints the completion for a shell")
  void completion() throws Exception {
    write("completion/fusion.bash", "complete -F _complete_fusion fusion\n");
    assertThat(fusion("completion", "zsh"))
        .isEqualTo(new Outcome(0, "complete -F _complete_fusion fusion\n"));
    assertThat(fusion("completion").status()).isEqualTo(64);
  }

  @Test
  @DisplayName("names a command that it does not know")
  void namesUnknownCommand() throws Exception {
    assertThat(fusion("trian"))
        .isEqualTo(refusal("there is no command trian; ./fusion help lists them."));
  }
}
