package training.fusion.operator.sweep.report;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table of the paper with the sweep's groups beside it, in the paper's order. It has the rows
 * that are cells of the sweep, run or not, and no others.
 *
 * @param number 2, or 3, which has deviations
 */
public record PaperTable(int number, List<Line> lines) {
  private static final List<PaperRow> TABLE_2 = read("paper-table-2.csv");
  private static final List<PaperRow> TABLE_3 = read("paper-table-3.csv");

  /**
   * A row.
   *
   * @param group ours: if several groups match, the best of them on validation
   */
  public record Line(PaperRow paper, @Nullable Group group) {
    private static @Nullable Line of(PaperRow paper, List<Group> groups) {
      List<Group> matching = groups.stream().filter(group -> paper.matches(group.cell())).toList();
      if (matching.isEmpty()) {
        return null;
      }
      Group chosen = Groups.representative(matching).orElse(null);
      return new Line(paper, chosen);
    }

    /** How many of the group's trials have succeeded. */
    int succeeded() {
      return group == null ? 0 : group.succeeded().size();
    }
  }

  /** Those of Tables 2 and 3 that any cell of the sweep is in. */
  static List<PaperTable> of(Groups groups) {
    List<PaperTable> tables = new ArrayList<>();
    for (PaperTable table : List.of(of(2, TABLE_2, groups), of(3, TABLE_3, groups))) {
      if (!table.lines.isEmpty()) {
        tables.add(table);
      }
    }
    return tables;
  }

  /** The paper's row for a group, from Table 2 or else 3; absent if it has none. */
  static @Nullable PaperRow row(Group group) {
    return Stream.concat(TABLE_2.stream(), TABLE_3.stream())
        .filter(row -> row.matches(group.cell()))
        .findFirst()
        .orElse(null);
  }

  private static PaperTable of(int number, List<PaperRow> rows, Groups groups) {
    List<Line> lines =
        rows.stream().map(row -> Line.of(row, groups.groups())).filter(Objects::nonNull).toList();
    return new PaperTable(number, lines);
  }

  private static List<PaperRow> read(String resource) {
    CsvMapper mapper = CsvMapper.builder().enable(CsvParser.Feature.EMPTY_STRING_AS_NULL).build();
    ObjectReader reader =
        mapper.readerFor(PaperRow.class).with(CsvSchema.emptySchema().withHeader());
    try (InputStream stream =
            Objects.requireNonNull(PaperTable.class.getResourceAsStream(resource), resource);
        MappingIterator<PaperRow> rows = reader.readValues(stream)) {
      return rows.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
