package training.fusion.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import training.fusion.e2e.cluster.ControlPlane.Output;

/** A kubectl of the control plane's version, in one namespace. */
public record Kubectl(ControlPlane controlPlane, String namespace) {
  /** What it says; it must not fail. */
  public String ok(String... arguments) {
    return succeeded(says(arguments));
  }

  /** What it says. */
  public Output says(String... arguments) {
    return given(null, arguments);
  }

  /** What it says when this is its standard input, such as a resource for {@code apply -f -}. */
  public Output given(@Nullable String standardInput, String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--namespace=" + namespace;
    return controlPlane.kubectl(standardInput, all);
  }

  public static String succeeded(Output output) {
    assertThat(output.exitCode()).as(output.text()).isZero();
    return output.text();
  }
}
