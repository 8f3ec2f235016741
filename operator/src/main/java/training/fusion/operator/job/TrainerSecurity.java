package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.PodSettings.PodUser;

/** Pod Security "restricted", and a read-only root file system on top. */
final class TrainerSecurity {
  /** The image's own group; owning the volumes, it can write to freshly made claims. */
  private static final long GROUP = 65532;

  private TrainerSecurity() {}

  static PodSecurityContext pod(@Nullable PodUser user) {
    var context =
        new PodSecurityContextBuilder()
            .withRunAsNonRoot(true)
            .withFsGroup(GROUP)
            .withFsGroupChangePolicy("OnRootMismatch")
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile();
    if (user != null) {
      context
          .withRunAsUser(user.runAsUser())
          .withRunAsGroup(user.runAsGroup())
          .withFsGroup(user.fsGroup() == null ? Long.valueOf(GROUP) : user.fsGroup())
          .withSupplementalGroups(user.supplementalGroups());
    }
    return context.build();
  }

  static SecurityContext container() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .build();
  }
}
