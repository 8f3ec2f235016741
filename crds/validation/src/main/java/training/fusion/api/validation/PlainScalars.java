package training.fusion.api.validation;

import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/** Marks the scalars that are neither quoted nor tagged; {@link YamlScalar} says what they are. */
final class PlainScalars extends Resolver {
  static final Tag PLAIN = new Tag("tag:fusion.training,2026:plain");

  @Override
  public Tag resolve(NodeId kind, String value, boolean implicit) {
    return switch (kind) {
      case scalar -> implicit ? PLAIN : Tag.STR;
      case sequence -> Tag.SEQ;
      default -> Tag.MAP;
    };
  }
}
