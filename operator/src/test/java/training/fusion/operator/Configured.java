package training.fusion.operator;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import training.fusion.operator.configuration.OperatorConfiguration;

/** The operator's configuration with these properties set and everything else by default. */
public final class Configured {
  private Configured() {}

  public static OperatorConfiguration with(Map<String, String> properties) {
    return new SmallRyeConfigBuilder()
        .withSources(new PropertiesConfigSource(properties, "test", 100))
        .withConverter(Duration.class, 200, new DurationConverter()) // as Quarkus reads them
        .withMapping(OperatorConfiguration.class)
        .build()
        .getConfigMapping(OperatorConfiguration.class);
  }
}
