package training.fusion.operator.reading;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Reads an object of the API server. A field that cannot be read is left out and {@linkplain
 * UnreadField noted}: an exception would end the informer, and with it the work on every other
 * object.
 */
final class LenientDeserializer extends DelegatingDeserializer {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = Logger.getLogger(LenientDeserializer.class);

  /** Then all but the metadata is left out. */
  private static final int MOST = 20;

  private static final int MOST_TOLD = 10_000;
  private static final Set<Integer> TOLD = ConcurrentHashMap.newKeySet();
  private static final List<String> IDENTITY = List.of("apiVersion", "kind", "metadata");

  LenientDeserializer(JsonDeserializer<?> strict) {
    super(strict);
  }

  @Override
  protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> strict) {
    return new LenientDeserializer(strict);
  }

  @Override
  public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    TokenBuffer object = context.bufferAsCopyOfValue(parser);
    try {
      return strictly(object, context);
    } catch (JsonMappingException e) {
      return leniently(context.readTree(object.asParserOnFirstToken()), e, context);
    }
  }

  private Object strictly(TokenBuffer object, DeserializationContext context) throws IOException {
    return super.deserialize(object.asParserOnFirstToken(), context);
  }

  private Object leniently(
      JsonNode tree, JsonMappingException first, DeserializationContext context)
      throws IOException {
    List<UnreadField> unread = new ArrayList<>();
    JsonMappingException problem = first;
    while (tree.isObject()) {
      unread.add(ReadingProblem.leaveOut((ObjectNode) tree, problem));
      if (unread.size() == MOST) {
        ((ObjectNode) tree).retain(IDENTITY);
      }
      try (TokenBuffer rest = context.bufferForInputBuffering()) {
        rest.writeObject(tree);
        return noted(strictly(rest, context), unread);
      } catch (JsonMappingException e) {
        if (unread.size() > MOST) {
          throw e;
        }
        problem = e;
      }
    }
    throw problem;
  }

  private static Object noted(Object read, List<UnreadField> unread) {
    if (read instanceof HasMetadata object && object.getMetadata() != null) {
      UnreadField.note(object, unread);
      String words =
          "%s %s/%s: %s"
              .formatted(
                  object.getKind(),
                  object.getMetadata().getNamespace(),
                  object.getMetadata().getName(),
                  UnreadField.sentence(unread));
      if (isNews(words)) {
        LOG.warn(words);
      }
    }
    return read;
  }

  /** Whether that was not logged before, as far as is remembered: an object is read many times. */
  private static boolean isNews(String words) {
    if (TOLD.size() > MOST_TOLD) {
      TOLD.clear();
    }
    return TOLD.add(words.hashCode());
  }
}
