package training.fusion.trainer.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of somebody's own network: each the parameters whose names begin with one of its
 * prefixes. The last one is the head.
 */
public final class ModuleBlocks {
  /** Modules that do nothing but hold others: their children are what computes. */
  private static final List<String> CONTAINERS = List.of("Sequential", "ModuleList", "ModuleDict");

  private final List<List<String>> prefixes;
  private final Map<ScriptedTensor, Integer> blocks;

  private ModuleBlocks(List<List<String>> prefixes, Map<ScriptedTensor, Integer> blocks) {
    this.prefixes = prefixes;
    this.blocks = blocks;
  }

  /**
   * The blocks as they are asked for, or as they are proposed.
   *
   * @param asked model.module.blocks; null: the module's children in order
   * @throws training.fusion.trainer.TrainingFailure naming a parameter that is in no block or in
   *     two
   */
  public static ModuleBlocks of(ModuleFile file, @Nullable List<List<String>> asked) {
    List<List<String>> prefixes = asked == null ? proposal(file) : asked;
    Map<ScriptedTensor, Integer> blocks = new LinkedHashMap<>();
    Set<String> used = new LinkedHashSet<>();
    for (ScriptedTensor parameter : file.modules().parameters()) {
      Set<Integer> found = new TreeSet<>();
      List<String> names = new ArrayList<>();
      for (ScriptedTensor.Place place : parameter.places()) {
        Set<Integer> here = find(place.name(), prefixes, used);
        if (here.isEmpty()) {
          throw file.unfit(
              "its parameter %s is in no block of %s.blocks; add its name, or what it begins with, to one of them"
                  .formatted(place.name(), ModuleFile.FIELD));
        }
        found.addAll(here);
        names.add(place.name());
      }
      if (found.size() > 1) {
        throw file.unfit(
            "its parameter %s is in the blocks %s of %s.blocks, and belongs in one%s"
                .formatted(
                    names.get(0),
                    String.join(" and ", found.stream().map(String::valueOf).toList()),
                    ModuleFile.FIELD,
                    names.size() > 1
                        ? ": it is shared, by the names " + String.join(" and ", names)
                        : ""));
      }
      blocks.put(parameter, found.iterator().next());
    }
    for (int block = 0; block < prefixes.size(); block++) {
      for (String prefix : prefixes.get(block)) {
        if (!used.contains(block + " " + prefix)) {
          throw file.unfit(
              "no parameter's name is or begins with %s, which stands in %s.blocks[%d]; ./fusion blocks %s prints the names"
                  .formatted(prefix, ModuleFile.FIELD, block, file.path().getFileName()));
        }
      }
    }
    return new ModuleBlocks(prefixes, blocks);
  }

  /** All in one. */
  static ModuleBlocks whole(ModuleFile file) {
    Map<ScriptedTensor, Integer> blocks = new LinkedHashMap<>();
    file.modules().parameters().forEach(parameter -> blocks.put(parameter, 0));
    return new ModuleBlocks(List.of(List.of(file.label())), blocks);
  }

  private static Set<Integer> find(String name, List<List<String>> prefixes, Set<String> used) {
    Set<Integer> found = new TreeSet<>();
    for (int block = 0; block < prefixes.size(); block++) {
      for (String prefix : prefixes.get(block)) {
        if (name.equals(prefix) || name.startsWith(prefix + ".")) {
          found.add(block);
          used.add(block + " " + prefix);
        }
      }
    }
    return found;
  }

  /**
   * The module's children in order, containers opened one level; a module with a single child is
   * what that is. Parameters of the module itself begin the first block.
   */
  private static List<List<String>> proposal(ModuleFile file) {
    List<String> root = new ArrayList<>();
    Set<String> own = new LinkedHashSet<>();
    Set<List<String>> children = children(file, root, own);
    while (children.size() == 1 && own.isEmpty()) {
      List<String> only = children.iterator().next();
      Set<List<String>> inner = children(file, only, own);
      if (inner.isEmpty()) {
        break;
      }
      children = inner;
      root = only;
    }
    Set<String> blocks = new LinkedHashSet<>();
    for (List<String> child : children) {
      Set<String> direct = new LinkedHashSet<>();
      Set<List<String>> inner = children(file, child, direct);
      ScriptedClass type = file.modules().modules().get(child);
      if (type != null
          && CONTAINERS.contains(type.simpleName())
          && direct.isEmpty()
          && !inner.isEmpty()) {
        inner.forEach(path -> blocks.add(String.join(".", path)));
      } else {
        blocks.add(String.join(".", child));
      }
    }
    List<List<String>> proposal = new ArrayList<>();
    for (String block : blocks) {
      List<String> names = new ArrayList<>(proposal.isEmpty() ? own : Set.of());
      names.add(block);
      proposal.add(names);
    }
    if (proposal.isEmpty()) {
      proposal.add(List.copyOf(own));
    }
    return proposal;
  }

  /** Paths of a module's children that have parameters; its own parameters go to {@code own}. */
  private static Set<List<String>> children(ModuleFile file, List<String> of, Set<String> own) {
    Set<List<String>> children = new LinkedHashSet<>();
    for (ScriptedTensor parameter : file.modules().parameters()) {
      ScriptedTensor.Place place = parameter.places().get(0);
      List<String> path = place.module();
      if (path.size() < of.size() || !path.subList(0, of.size()).equals(of)) {
        continue;
      }
      if (path.size() == of.size()) {
        own.add(place.name());
      } else {
        children.add(List.copyOf(path.subList(0, of.size() + 1)));
      }
    }
    return children;
  }

  /** Prefixes of each block. */
  public List<List<String>> prefixes() {
    return prefixes;
  }

  int of(ScriptedTensor parameter) {
    return Objects.requireNonNull(blocks.get(parameter));
  }

  /** The last block's number. */
  public int head() {
    return prefixes.size() - 1;
  }

  /** Trainable elements of a block. */
  public long parametersIn(int block) {
    return blocks.entrySet().stream()
        .filter(entry -> entry.getValue() == block)
        .mapToLong(entry -> entry.getKey().size())
        .sum();
  }

  /** The block of a module: the one that its first parameter is in; null: it has none. */
  @Nullable Integer ofModule(List<String> path) {
    for (var entry : blocks.entrySet()) {
      List<String> module = entry.getKey().places().get(0).module();
      if (module.size() >= path.size() && module.subList(0, path.size()).equals(path)) {
        return entry.getValue();
      }
    }
    return null;
  }
}
