package training.fusion.operator.resource;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;

/**
 * Whose an object is that has a name which we give. Labels say nothing of that: whoever copies an
 * object copies them.
 */
public enum Ownership {
  /** Its controller is this very owner. */
  OURS,
  /** It is being deleted, or its owner is: one of the same name that is there no more. */
  LEAVING,
  /** It is nobody's, or another's. */
  FOREIGN;

  /** Whose it is. */
  public static Ownership of(HasMetadata there, HasMetadata owner) {
    if (isOurs(there, owner)) {
      return OURS;
    }
    boolean ofNamesake = owners(there).stream().anyMatch(reference -> isNamesake(reference, owner));
    return there.isMarkedForDeletion() || ofNamesake ? LEAVING : FOREIGN;
  }

  /** Whether its controller is this very owner. */
  public static boolean isOurs(HasMetadata there, HasMetadata owner) {
    return owners(there).stream()
        .anyMatch(
            reference ->
                Boolean.TRUE.equals(reference.getController())
                    && owner.getMetadata().getUid().equals(reference.getUid()));
  }

  // A name is given once at a time: an owner of ours and another uid is gone.
  private static boolean isNamesake(OwnerReference reference, HasMetadata owner) {
    return Boolean.TRUE.equals(reference.getController())
        && owner.getKind().equals(reference.getKind())
        && group(owner.getApiVersion()).equals(group(reference.getApiVersion()))
        && owner.getMetadata().getName().equals(reference.getName());
  }

  private static String group(String apiVersion) {
    return apiVersion.replaceFirst("/.*", "");
  }

  private static List<OwnerReference> owners(HasMetadata there) {
    List<OwnerReference> owners = there.getMetadata().getOwnerReferences();
    return owners == null ? List.of() : owners;
  }
}
