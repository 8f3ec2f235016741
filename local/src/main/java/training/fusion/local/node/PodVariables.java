package training.fusion.local.node;

import java.util.regex.Pattern;

/**
 * Which variables a pod may set for its process. In a cluster a container is a wall, here the
 * process is the person's own: a variable that names a library, a program, a file or an option of
 * the virtual machine would run a stranger's code with her rights. Nobody can list all of those, so
 * what the trainer computes and connects with is listed, and all else is refused.
 */
public final class PodVariables {
  private static final Pattern ALLOWED =
      Pattern.compile(
          String.join(
              "|",
              "FUSION_\\w+", // the operator's: the CRD refuses them to everybody else
              // threads and vector instructions; OMP_TOOL_LIBRARIES names a library
              "(?!OMP_TOOL)OMP_\\w+",
              "(?:GOMP|KMP|MKL|OPENBLAS|ATEN|TORCH)_(?:\\w+_)?(?:THREADS|STACKSIZE|SPINCOUNT)",
              "GOMP_CPU_AFFINITY|KMP_AFFINITY|KMP_BLOCKTIME|MKL_DYNAMIC|MKL_CBWR",
              "MKL_ENABLE_INSTRUCTIONS|(?:DNNL|ONEDNN)_MAX_CPU_ISA|ATEN_CPU_CAPABILITY",
              // memory; MALLOC_TRACE names a file that is written
              "(?!MALLOC_TRACE$)MALLOC_\\w+|GLIBC_TUNABLES",
              "CUDA_VISIBLE_DEVICES|CUDA_DEVICE_ORDER|CUDA_LAUNCH_BLOCKING",
              "CUBLAS_WORKSPACE_CONFIG|PYTORCH_(?:CUDA_)?ALLOC_CONF",
              // language and time
              "LANG|LC_[A-Z]+|TZ",
              // keys; AWS_CONFIG_FILE and its like may name a program to get one from
              "AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|REGION|DEFAULT_REGION)",
              "AWS_(?:EC2_METADATA_DISABLED|MAX_ATTEMPTS|RETRY_MODE)",
              "MLFLOW_TRACKING_(?:TOKEN|USERNAME|PASSWORD)",
              "(?i:HTTPS?_PROXY|ALL_PROXY|NO_PROXY)"));

  private PodVariables() {}

  /** Whether a pod's process may have it. */
  public static boolean isAllowed(String name) {
    return ALLOWED.matcher(name).matches();
  }

  /** For the end of a sentence that begins with the variable's field. */
  public static String refusal(String name) {
    return name
        + " can't be set by a file here, where a trainer is a process of your own and not in a"
        + " container: it may set how it computes (OMP_…, MKL_…, MALLOC_…), its keys"
        + " (AWS_ACCESS_KEY_ID, MLFLOW_TRACKING_TOKEN), proxies, language and time; remove it, or"
        + " use a cluster";
  }
}
