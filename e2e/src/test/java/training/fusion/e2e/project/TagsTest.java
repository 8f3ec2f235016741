package training.fusion.e2e.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import training.fusion.e2e.cluster.ControlPlane;

/**
 * {@code ./fusion test} leaves out what has a tag, so that an answer comes in a minute or two.
 * Nobody has to remember them: who starts a process, or computes with libtorch, is found by the
 * calls that its methods may make, directly and through other classes.
 */
@DisplayName("A test class")
class TagsTest {
  private static final Path ROOT = ControlPlane.MODULE.resolve("..").normalize();

  private static final List<String> MODULES =
      List.of(
          "crds/contract",
          "crds/page",
          "crds/console",
          "crds/resources",
          "crds/validation",
          "trainer-image",
          "operator",
          "local",
          "benchmarks",
          "e2e");

  /** Tags in the order of what counts more; a class has one. */
  private enum Kind {
    PROCESS("process") {
      @Override
      boolean isCalled(AccessTarget target) {
        return target.getFullName().startsWith("java.lang.ProcessBuilder.start(")
            || target.getFullName().startsWith("java.lang.Runtime.exec(");
      }
    },
    LIBTORCH("libtorch") {
      @Override
      boolean isCalled(AccessTarget target) {
        // picocli makes the trainer's commands, by reflection
        return target.getOwner().getPackageName().equals("ai.djl.engine")
            || target.getFullName().startsWith("training.fusion.trainer.cli.FusionTrainer.");
      }
    };

    final String tag;

    Kind(String tag) {
      this.tag = tag;
    }

    abstract boolean isCalled(AccessTarget target);
  }

  @Test
  @DisplayName("that starts a process, or computes with libtorch, has the tag for it")
  void tags() {
    JavaClasses classes = compiled();
    var right = new TreeMap<String, String>();
    var found = new TreeMap<String, String>();
    classes.stream()
        .filter(it -> it.getSimpleName().endsWith("Test") && it.getEnclosingClass().isEmpty())
        .forEach(
            test -> {
              kind(test, classes).ifPresent(kind -> right.put(test.getName(), kind.tag));
              tag(test).ifPresent(tag -> found.put(test.getName(), tag));
            });

    assertThat(right).hasSizeGreaterThan(50).containsValues("process", "libtorch");
    assertThat(found).containsAllEntriesOf(right);
  }

  private static Optional<Kind> kind(JavaClass test, JavaClasses classes) {
    Set<AccessTarget> called = called(test, classes);
    return Stream.of(Kind.values())
        .filter(kind -> called.stream().anyMatch(kind::isCalled))
        .findFirst();
  }

  /** Everything that its methods may call or read, through our classes. */
  private static Set<AccessTarget> called(JavaClass test, JavaClasses classes) {
    Set<AccessTarget> called = new HashSet<>();
    Set<JavaCodeUnit> seen = new HashSet<>();
    Deque<JavaCodeUnit> open = new ArrayDeque<>();
    Predicate<JavaClass> ours = it -> it.getName().startsWith(test.getName());
    classes.stream().filter(ours).forEach(it -> open.addAll(it.getCodeUnits()));
    test.getAllRawSuperclasses().forEach(it -> open.addAll(it.getCodeUnits()));
    while (!open.isEmpty()) {
      JavaCodeUnit unit = open.pop();
      if (seen.add(unit)) {
        unit.getOwner().getStaticInitializer().ifPresent(open::add);
        if (unit.isConstructor()) {
          open.addAll(callbacks(unit.getOwner()));
        }
        for (JavaAccess<?> access : unit.getAccessesFromSelf()) {
          called.add(access.getTarget());
          access
              .getTarget()
              .resolveMember()
              .filter(JavaCodeUnit.class::isInstance)
              .map(JavaCodeUnit.class::cast)
              .ifPresent(open::add);
        }
      }
    }
    return called;
  }

  /** What others may call who know an object by its superclass or interface only. */
  private static List<JavaMethod> callbacks(JavaClass type) {
    Set<String> known =
        Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
            .flatMap(it -> it.getMethods().stream())
            .map(JavaMethod::getName) // parameters differ where they are generic
            .collect(Collectors.toSet());
    return type.getMethods().stream().filter(it -> known.contains(it.getName())).toList();
  }

  /** The value of JUnit's annotation on the class, on its superclass, or on another annotation. */
  private static Optional<String> tag(JavaClass test) {
    return Stream.concat(Stream.of(test), test.getAllRawSuperclasses().stream())
        .flatMap(it -> it.getAnnotations().stream())
        .flatMap(TagsTest::itself)
        .filter(it -> it.getRawType().isEquivalentTo(Tag.class))
        .map(it -> String.valueOf(it.getProperties().get("value")))
        .findFirst();
  }

  private static Stream<JavaAnnotation<?>> itself(JavaAnnotation<?> annotation) {
    return Stream.concat(Stream.of(annotation), annotation.getRawType().getAnnotations().stream());
  }

  private static JavaClasses compiled() {
    List<Path> folders =
        MODULES.stream()
            .flatMap(it -> Stream.of("classes", "test-classes").map((it + "/target/")::concat))
            .map(ROOT::resolve)
            .filter(Files::isDirectory)
            .toList();
    return new ClassFileImporter().importPaths(folders);
  }
}
