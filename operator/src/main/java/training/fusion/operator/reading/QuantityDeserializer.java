package training.fusion.operator.reading;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.util.regex.Pattern;
import training.fusion.api.Formats;

/**
 * Reads a quantity. The client's own takes any text but the empty one, and throws at the first look
 * at its amount; an exponent of nine digits would fill the memory.
 */
final class QuantityDeserializer extends StdDeserializer<Quantity> {
  private static final long serialVersionUID = 1;
  private static final Pattern QUANTITY = Pattern.compile(Formats.QUANTITY);

  QuantityDeserializer() {
    super(Quantity.class);
  }

  @Override
  public Quantity deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    String text = parser.getValueAsString();
    if (text == null || !QUANTITY.matcher(text).matches()) {
      parser.skipChildren();
      throw InvalidFormatException.from(parser, "no quantity", text, Quantity.class);
    }
    return Quantity.parse(text);
  }
}
