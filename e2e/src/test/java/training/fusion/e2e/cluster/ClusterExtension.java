package training.fusion.e2e.cluster;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotatedMethods;
import static org.junit.platform.commons.support.ReflectionSupport.findNestedClasses;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * Gives tests the cluster that they need, where there can be one; elsewhere they are skipped, and a
 * line at the end says how many and what would make them run.
 */
public abstract class ClusterExtension<T extends AutoCloseable>
    implements ExecutionCondition, ParameterResolver {
  public static final String NOT_BUILT = "e2e/cluster build makes them run";

  private final Class<T> type;
  private final String name;

  /**
   * For tests with such a parameter.
   *
   * @param name what they run on, for a sentence
   */
  public ClusterExtension(Class<T> type, String name) {
    this.type = type;
    this.name = name;
  }

  /** What there would have to be, or have to be done; empty: nothing. Asked once. */
  protected abstract Optional<String> missing();

  protected abstract T start();

  /** Where it is kept: it ends with that. */
  protected abstract ExtensionContext.Store kept(ExtensionContext context, Namespace namespace);

  /** Counts the tests that were not run, and says so when all tests are over. */
  private record Skipped(AtomicInteger tests, String name, String missing)
      implements AutoCloseable {
    @Override
    public void close() {
      System.out.printf("%d tests on %s were skipped: %s%n", tests.get(), name, missing);
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    var store = context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(type));
    Optional<?> missing = store.getOrComputeIfAbsent("missing", key -> missing(), Optional.class);
    if (missing.isEmpty()) {
      return enabled(name + " can be had");
    }
    String reason = missing.get().toString();
    // a class is skipped as one: its tests are counted here
    store
        .getOrComputeIfAbsent(
            Skipped.class, key -> new Skipped(new AtomicInteger(), name, reason), Skipped.class)
        .tests()
        .addAndGet(testsIn(context.getRequiredTestClass()));
    return disabled(reason);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == type;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return kept(context, Namespace.create(type)).getOrComputeIfAbsent(type, key -> start(), type);
  }

  private static int testsIn(Class<?> testClass) {
    return findAnnotatedMethods(testClass, Testable.class, HierarchyTraversalMode.TOP_DOWN).size()
        + findNestedClasses(testClass, nested -> true).stream()
            .mapToInt(ClusterExtension::testsIn)
            .sum();
  }
}
