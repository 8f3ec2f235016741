package training.fusion.operator.sweep.report;

import java.util.List;

/**
 * A table of the report, the same in Markdown and HTML.
 *
 * @param note what a reader must know about the figures
 * @param rows as many cells as there are columns, plain text
 */
public record Table(String title, String note, List<Column> columns, List<List<String>> rows) {

  /** How long the bar of a share is, in percent; 0 for a dash. */
  public static double width(String share) {
    return share.endsWith(" %") ? Double.parseDouble(share.substring(0, share.length() - 2)) : 0;
  }

  /** A column. */
  public record Column(String name, Kind kind) {
    static Column text(String name) {
      return new Column(name, Kind.TEXT);
    }

    static Column number(String name) {
      return new Column(name, Kind.NUMBER);
    }

    static Column share(String name) {
      return new Column(name, Kind.SHARE);
    }
  }

  /** What its cells are: a share is a number of percent, and may have a bar. */
  public enum Kind {
    TEXT,
    NUMBER,
    SHARE
  }
}
