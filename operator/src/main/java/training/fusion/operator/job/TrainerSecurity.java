package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import training.fusion.api.resource.PodSettings.PodUser;

/** Pod Security "restricted", and a read-only root file system on top. */
final class TrainerSecurity {
  private TrainerSecurity() {}

  static PodSecurityContext pod(PodUser user) {
    return new PodSecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(user.runAsUser())
        .withRunAsGroup(user.runAsGroup())
        .withFsGroup(user.fsGroup())
        .withFsGroupChangePolicy("OnRootMismatch")
        .withSupplementalGroups(user.supplementalGroups())
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
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
