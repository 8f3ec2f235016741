package training.fusion.e2e.project;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.e2e.cluster.ControlPlane;

/** What may never enter a module or a package, judged by the classes it was compiled to. */
class RoomsTest {
  /** Values and annotations: what a record needs to be a part of the API. */
  private static final DescribedPredicate<JavaClass> VALUES =
      resideInAnyPackage(
          "java.lang..",
          "java.util..",
          "java.time..",
          "org.jspecify.annotations..",
          "com.fasterxml.jackson.annotation..",
          "com.fasterxml.jackson.databind.annotation..",
          "io.fabric8.generator.annotation..",
          "io.fabric8.crd.generator.annotation..",
          "training.fusion.api..");

  private static final Map<String, JavaClasses> COMPILED = new HashMap<>();

  @Test
  void the_contract_has_values_only_and_nothing_of_Kubernetes() {
    classes()
        .should()
        .onlyDependOnClassesThat(VALUES)
        .check(compiled("crds/contract/target/classes"));
  }

  @Test
  void the_resources_have_values_only() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            VALUES
                .or(
                    resideInAnyPackage(
                        "io.fabric8.kubernetes.api.model..",
                        "io.fabric8.kubernetes.model.annotation.."))
                .or(type(CustomResource.class)))
        .check(compiled("crds/resources/target/classes"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"crds/page/target/classes", "crds/console/target/classes"})
  void pages_and_console_know_neither_Kubernetes_nor_what_they_show(String folder) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8..",
            "io.quarkus..",
            "ai.djl..",
            "training.fusion.api..",
            "training.fusion.trainer..",
            "training.fusion.operator..")
        .check(compiled(folder));
  }

  @Test
  void the_operator_knows_nothing_of_deep_learning() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..", "training.fusion.trainer..", "training.fusion.local..")
        .check(compiled("operator/target/classes"));
  }

  @Test
  void the_trainer_knows_nothing_of_Kubernetes() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes..",
            "io.quarkus..",
            "io.javaoperatorsdk..",
            "training.fusion.api.resource..",
            "training.fusion.operator..",
            "training.fusion.local..")
        .check(compiled("trainer-image/target/classes"));
  }

  @Test
  void the_operator_sees_then_finds_then_writes() {
    noClasses()
        .that()
        .resideInAPackage("training.fusion.operator.watch")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "training.fusion.operator.diagnosis..", "training.fusion.operator.status..")
        .check(compiled("operator/target/classes"));
    noClasses()
        .that()
        .resideInAPackage("training.fusion.operator.diagnosis")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("training.fusion.operator.status..")
        .check(compiled("operator/target/classes"));
  }

  @Test
  void what_all_resources_need_knows_neither_trainings_nor_sweeps() {
    noClasses()
        .that()
        .resideInAPackage("training.fusion.operator.resource")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "training.fusion.api..",
            "training.fusion.operator.job..",
            "training.fusion.operator.watch..",
            "training.fusion.operator.diagnosis..",
            "training.fusion.operator.status..",
            "training.fusion.operator.training..",
            "training.fusion.operator.sweep..")
        .check(compiled("operator/target/classes"));
  }

  @Test
  void a_sweep_knows_nothing_of_Jobs() {
    noClasses()
        .that()
        .resideInAPackage("training.fusion.operator.sweep..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8.kubernetes.api.model.batch..")
        .check(compiled("operator/target/classes"));
  }

  /** But for the class where a program begins, which puts the rooms together. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "crds/contract/target/classes",
        "crds/resources/target/classes",
        "crds/validation/target/classes",
        "crds/page/target/classes",
        "crds/console/target/classes",
        "operator/target/classes",
        "trainer-image/target/classes",
        "local/target/classes",
        "e2e/target/test-classes"
      })
  void packages_form_no_circles(String folder) {
    slices()
        .matching("training.fusion.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(simpleName("Main"), DescribedPredicate.alwaysTrue())
        .check(compiled(folder));
  }

  @Test
  void only_networks_optimizers_weights_and_the_loop_know_libtorch() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "training.fusion.trainer.model..",
            "training.fusion.trainer.module..",
            "training.fusion.trainer.optim..",
            "training.fusion.trainer.weights..",
            "training.fusion.trainer.train..",
            "training.fusion.trainer.run..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(compiled("trainer-image/target/classes"));
  }

  @Test
  void the_loop_knows_nothing_of_the_run_that_it_is_part_of() {
    noClasses()
        .that()
        .resideInAnyPackage("training.fusion.trainer.train..", "training.fusion.trainer.process..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("training.fusion.trainer.run..", "training.fusion.trainer.cli..")
        .check(compiled("trainer-image/target/classes"));
  }

  @Test
  void a_simple_name_means_one_thing_in_all_modules() throws IOException {
    Path root = ControlPlane.MODULE.resolve("..").normalize();
    List<String> names;
    try (Stream<Path> files = Files.walk(root)) {
      names =
          files
              .map(file -> root.relativize(file).toString())
              .filter(file -> file.matches("(crds/)?[^/]+/src/main/java/.*\\.java"))
              .map(file -> file.replaceAll(".*/", ""))
              .filter(name -> !Set.of("Main.java", "package-info.java").contains(name))
              .toList();
    }
    assertThat(names).hasSizeGreaterThan(600).doesNotHaveDuplicates();
  }

  @Test
  void the_local_mode_has_five_packages_and_no_sixth() {
    classes()
        .should()
        .resideInAnyPackage(
            "training.fusion.local", // the command itself, which puts the others together
            "training.fusion.local.api",
            "training.fusion.local.job",
            "training.fusion.local.node",
            "training.fusion.local.console",
            "training.fusion.local.worker")
        .check(compiled("local/target/classes"));
  }

  @Test
  void the_tests_on_a_real_Kubernetes_mock_nothing() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.mockito..", "io.fabric8.mockwebserver..", "io.fabric8.kubernetes.client.server..")
        .check(compiled("e2e/target/test-classes"));
  }

  /** The classes in a folder; none there is a failure, for then a rule would hold by itself. */
  private static JavaClasses compiled(String folder) {
    JavaClasses classes =
        COMPILED.computeIfAbsent(
            folder,
            name -> new ClassFileImporter().importPath(ControlPlane.MODULE.resolveSibling(name)));
    assertThat(classes.that(DescribedPredicate.not(simpleName("package-info"))))
        .as("classes in %s; it is compiled by mvn verify in the project's root", folder)
        .isNotEmpty();
    return classes;
  }
}
