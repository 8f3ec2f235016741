package training.fusion.e2e;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotatedMethods;
import static org.junit.platform.commons.support.ReflectionSupport.findNestedClasses;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** One control plane for the whole test run, started by the first class that asks for it. */
class ControlPlaneExtension implements ExecutionCondition, ParameterResolver {

  /** Counts the tests that were not run, and says so when all tests are over. */
  private static final class Skipped implements AutoCloseable {
    final AtomicInteger tests = new AtomicInteger();

    @Override
    public void close() {
      System.out.printf(
          "%d tests on a real control plane were skipped: e2e/cluster build makes them run%n",
          tests.get());
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (available(context)) {
      return enabled("the control plane's binaries are there");
    }
    // a class is skipped as one: its tests are counted here
    store(context)
        .getOrComputeIfAbsent(Skipped.class, key -> new Skipped(), Skipped.class)
        .tests
        .addAndGet(testsIn(context.getRequiredTestClass()));
    return disabled("no control plane: run e2e/cluster build");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ControlPlane.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return store(context)
        .getOrComputeIfAbsent(ControlPlane.class, key -> ControlPlane.start(), ControlPlane.class);
  }

  private static boolean available(ExtensionContext context) {
    return store(context)
        .getOrComputeIfAbsent("available", key -> ControlPlane.isBuilt(), Boolean.class);
  }

  private static int testsIn(Class<?> testClass) {
    return findAnnotatedMethods(testClass, Testable.class, HierarchyTraversalMode.TOP_DOWN).size()
        + findNestedClasses(testClass, nested -> true).stream()
            .mapToInt(ControlPlaneExtension::testsIn)
            .sum();
  }

  /** The root's store closes what it holds when the last test is over. */
  private static ExtensionContext.Store store(ExtensionContext context) {
    return context.getRoot().getStore(Namespace.create(ControlPlaneExtension.class));
  }
}
