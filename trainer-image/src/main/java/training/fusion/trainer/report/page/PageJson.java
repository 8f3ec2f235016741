package training.fusion.trainer.report.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Values for a page's program. */
final class PageJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PageJson() {}

  /** JSON that is safe inside a script element. */
  static String of(Object value) {
    try {
      return JSON.writeValueAsString(value).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
