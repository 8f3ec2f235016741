package training.fusion.trainer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Parts of a configuration in a line: {@code patience 3, metric Accuracy}. */
public final class FieldText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FieldText() {}

  /** A part's fields by their names in YAML, in their order; those that are absent are left out. */
  public static Map<String, Object> fields(Object part) {
    return JSON.convertValue(part, new TypeReference<LinkedHashMap<String, Object>>() {});
  }

  /** An enum's constant as YAML has it. */
  public static String word(Enum<?> constant) {
    return JSON.convertValue(constant, String.class);
  }

  /** All of them, or those that are left of them. */
  public static String of(Map<String, Object> fields) {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + " " + value(field.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String value(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(FieldText::value).collect(Collectors.joining(" to "));
    }
    return value instanceof Double number ? number(number) : value.toString();
  }

  /** As people write it: {@code 0.0005}, {@code 1e-8}. */
  public static String number(double value) {
    BigDecimal number = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    return number.scale() < 0 ? number.toPlainString() : number.toString().toLowerCase(Locale.ROOT);
  }
}
