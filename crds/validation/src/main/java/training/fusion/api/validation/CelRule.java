package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime.Program;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code x-kubernetes-validations}.
 *
 * @param transition whether it compares with the stored object, and so holds for a new one
 */
record CelRule(Program program, boolean transition, String message, String fieldPath) {
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .enableHomogeneousLiterals(true)
          .build();

  /** What is understood here; messageExpression and optionalOldSelf are not. */
  private static final Set<String> KEYS = Set.of("rule", "message", "fieldPath", "reason");

  /**
   * Reads a rule. Types are looked at when it is evaluated: looking beforehand takes twice as long
   * as all else, and is for tests ({@link #checkTypes}).
   *
   * @param cel the compiler for the values that it is about
   * @throws IllegalArgumentException if it is no valid CEL, or has a part not understood here
   */
  static CelRule read(JsonNode rule, Cel cel) {
    String text = rule.get("rule").asText();
    rule.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("rule " + text + " has a " + key);
              }
            });
    try {
      var ast = cel.parse(text).getAst();
      boolean transition =
          CelNavigableAst.fromAst(ast)
              .getRoot()
              .allNodes()
              .anyMatch(
                  node ->
                      node.getKind() == Kind.IDENT && node.expr().ident().name().equals("oldSelf"));
      return new CelRule(
          cel.createProgram(ast),
          transition,
          rule.get("message").asText(),
          rule.path("fieldPath").asText());
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalArgumentException("rule " + text + ": " + e.getMessage(), e);
    }
  }

  /**
   * Compares the types in a rule with those that it is about.
   *
   * @throws IllegalArgumentException if they do not fit, or a field does not exist
   */
  static void checkTypes(JsonNode rule, Cel cel) {
    String text = rule.get("rule").asText();
    try {
      cel.compile(text).getAst();
    } catch (CelValidationException e) {
      throw new IllegalArgumentException("rule " + text + ": " + e.getMessage(), e);
    }
  }

  /** What is wrong with a value, if anything. */
  Optional<String> check(Object self, @Nullable Object oldSelf) {
    Map<String, Object> variables = new HashMap<>();
    variables.put("self", self);
    if (oldSelf != null) {
      variables.put("oldSelf", oldSelf);
    }
    try {
      return Boolean.TRUE.equals(program.eval(variables)) ? Optional.empty() : Optional.of(message);
    } catch (CelEvaluationException e) {
      // as the API server: a rule that cannot be evaluated refuses the object
      return Optional.of(message + " (" + e.getMessage() + ")");
    }
  }

  /**
   * A compiler for rules about values of one type: making one takes longer than a rule does.
   *
   * @param self the type of the values
   * @param types all types, as a value may be compared with another
   */
  static Cel compiler(CelType self, CelTypes types) {
    return CelFactory.plannerCelBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .setTypeProvider(types.provider())
        .setResultType(SimpleType.BOOL)
        .addVar("self", self)
        .addVar("oldSelf", self)
        .addCompilerLibraries(CelExtensions.strings())
        .addRuntimeLibraries(CelExtensions.strings())
        .build();
  }
}
