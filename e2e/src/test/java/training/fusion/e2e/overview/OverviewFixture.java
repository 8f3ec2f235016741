package training.fusion.e2e.overview;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.operator.OperatorFixture;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.sweep.Sweeps;

/** An operator whose page can be asked, as {@code kubectl port-forward} would. */
abstract class OverviewFixture extends OperatorFixture {
  final Sweeps sweeps;
  private final int port;

  OverviewFixture(ControlPlane controlPlane, String prefix) {
    this(controlPlane, prefix, freePort());
  }

  private OverviewFixture(ControlPlane controlPlane, String prefix, int port) {
    super(controlPlane, prefix, "fusion.overview.port=" + port);
    this.port = port;
    sweeps = new Sweeps(controlPlane, trainings.namespace);
  }

  private static int freePort() {
    try {
      return ShippedOperator.freePort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page itself, or what lies below it. */
  URI page(String path) {
    return URI.create("http://localhost:" + port + "/" + path);
  }
}
