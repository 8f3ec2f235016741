package training.fusion.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.fabric8.kubernetes.client.CustomResource;
import org.junit.jupiter.api.Test;

/** What may never enter a module, judged by the classes it was compiled to. */
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

  @Test
  void the_pages_know_neither_Kubernetes_nor_what_they_show() {
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
        .check(compiled("crds/page/target/classes"));
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
        new ClassFileImporter().importPath(ControlPlane.MODULE.resolveSibling(folder));
    assertThat(classes.that(DescribedPredicate.not(simpleName("package-info"))))
        .as("classes in %s; it is compiled by mvn verify in the project's root", folder)
        .isNotEmpty();
    return classes;
  }
}
