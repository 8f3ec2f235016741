package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("process")
@DisplayName("./fusion test")
class FusionTestCommandTest extends FusionScriptFixture {
  private static final String PASSED =
      """
      cat <<'END'
      [INFO] Running training.fusion.trainer.optim.RateTest
      [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in RateTest
      [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0
      [WARNING] Tests run: 9, Failures: 0, Errors: 0, Skipped: 4
      4 tests on a real control plane were skipped: e2e/cluster build makes them run
      END
      """;

  private static final String FAILED =
      """
      cat <<'END'
      [ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE!
      java.lang.AssertionError: the whole stack
      [ERROR] Failures:\s
      [ERROR]   RateTest.warmup:21\s
      expected: 2
       but was: 1
      [INFO]\s
      [ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0
      [ERROR] Failed to execute goal
      END
      exit 1
      """;

  @BeforeEach
  void classes() throws Exception {
    for (String module : List.of("trainer-image", "operator", "crds/validation")) {
      write(module + "/pom.xml", "");
    }
    String folder = "/src/test/java/training/fusion/";
    write("trainer-image" + folder + "trainer/optim/RateTest.java", "");
    write("trainer-image" + folder + "trainer/data/NamesTest.java", "");
    write("trainer-image" + folder + "trainer/data/Pictures.java", "");
    write("operator" + folder + "operator/NamesTest.java", "");
    write("crds/validation" + folder + "api/SchemaTest.java", "");
    write("local" + folder + "local/WordsTest.java", "class WordsTest {}");
    write("local" + folder + "local/RunTest.java", "@Tag(\"process\")\nclass RunTest {}");
    maven("3.9.9", PASSED);
  }

  @Test
  @DisplayName("runs those without a tag, of all modules, and says how many passed")
  void quick() throws Exception {
    Outcome outcome = fusion("test");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.said())
        .containsPattern("fusion: 8 tests passed in \\d+ s, 4 skipped\n$")
        .contains("\n4 tests on a real control plane were skipped: e2e/cluster build");
    assertThat(calls("mvn"))
        .singleElement()
        .asString()
        .endsWith("[-Dquick][-fae][-DexcludedGroups=process,libtorch][test]");
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("finds what a name means, and builds no more than that needs")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RateTest              | trainer-image               | trainer.optim.RateTest                       | test
          RateTest#warmup       | trainer-image               | trainer.optim.RateTest#warmup                | test
          NamesTest             | operator,trainer-image      | operator.NamesTest trainer.data.NamesTest    | test
          operator.NamesTest    | operator                    | operator.NamesTest                           | test
          R*Test                | local,trainer-image         | local.RunTest trainer.optim.RateTest         | package
          trainer-image         | trainer-image               | trainer.data.NamesTest trainer.optim.RateTest | test
          crds/validation/      | crds/validation             | api.SchemaTest                                 | test
          validation            | crds/validation             | api.SchemaTest                                 | test
          validation operator   | crds/validation,operator    | api.SchemaTest operator.NamesTest              | test
          WordsTest             | local                       | local.WordsTest                              | test
          RunTest               | local                       | local.RunTest                                | package
          """)
  void names(String names, String modules, String tests, String phase) throws Exception {
    assertThat(fusion(("test " + names).split(" ", -1)).status()).isZero();

    String call = calls("mvn").get(0);
    assertThat(call).contains("[-pl][" + modules + "][-am][-Dtest=").endsWith("[" + phase + "]");
    assertThat(call.replaceAll(".*\\[-Dtest=([^]]*)].*", "$1").split(",", -1))
        .containsExactlyInAnyOrder(
            ("training.fusion." + tests.replace(" ", " training.fusion.")).split(" ", -1));
  }

  @ParameterizedTest
  @DisplayName("refuses a name that means nothing, and says which are like it")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ratetest        | like it: RateTest.
          Names           | like it: NamesTest.
          RaetTest#warmup | like it: RateTest.
          oprator         | like it: operator.
          Something       |
          """)
  void unknown(String name, @Nullable String like) throws Exception {
    assertThat(fusion("test", name))
        .isEqualTo(
            refusal(
                "there is no test class or module %s; %s./fusion test --help says more."
                    .formatted(name, like == null ? "" : like + " ")));
    assertThat(calls("mvn")).isEmpty();
  }

  @Test
  @DisplayName("tells what failed without the stacks, and ends with 1")
  void failures() throws Exception {
    maven("3.9.9", FAILED);
    Outcome outcome = fusion("test", "RateTest");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.said())
        .contains("[ERROR]   RateTest.warmup:21 \nexpected: 2\n but was: 1\nfusion: 2 of 3 tests")
        .contains("stack traces are in " + root.toRealPath() + "/.fusion/test.log")
        .doesNotContain("the whole stack", "Failed to execute");
  }

  @Test
  @DisplayName("tells what does not compile, and ends with 70")
  void noBuild() throws Exception {
    maven("3.9.9", "echo '[ERROR] RateTest.java:[3,1] cannot find symbol'; exit 1");
    Outcome outcome = fusion("test", "RateTest");

    assertThat(outcome.status()).isEqualTo(70);
    assertThat(outcome.said()).contains("RateTest.java:[3,1] cannot find symbol");
  }

  @Test
  @DisplayName("is no success where no test ran")
  void noTest() throws Exception {
    maven("3.9.9", "");
    Outcome outcome = fusion("test", "RateTest#typo");

    assertThat(outcome.status()).isEqualTo(64);
    assertThat(outcome.said()).endsWith("fusion: there is no such test.\n");
  }

  @Test
  @DisplayName("hands properties to Maven, and knows no other options")
  void options() throws Exception {
    fusion("test", "-Dcampaign.rounds=4", "RateTest");
    assertThat(calls("mvn").get(0)).contains("[-fae][-Dcampaign.rounds=4][-pl]");

    assertThat(fusion("test", "--fast"))
        .isEqualTo(refusal("./fusion test has no option --fast; ./fusion test --help lists them."));
    assertThat(fusion("test", "--help").said()).startsWith("Tests what was changed.");
  }

  @Test
  @DisplayName("lets its tests give ./fusion's commands, which wait for no lock of its own")
  void commandsWithin() throws Exception {
    String within = "'" + root.resolve("fusion") + "' blocks || exit 1";
    maven(
        "3.9.9",
        "case \" $* \" in *' -DskipTests '*) %s exit;; esac%n%s%n%s"
            .formatted(BUILD, within, PASSED));

    assertThat(fusion("test", "RunTest").status()).isZero();
    assertThat(calls("java")).anyMatch(call -> call.endsWith("[blocks]"));
  }
}
