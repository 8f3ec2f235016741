package training.fusion.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A pod's variables on one machine")
class PodVariablesTest {
  @ParameterizedTest
  @DisplayName("carry how it computes, its keys, proxies, language and time")
  @ValueSource(
      strings = {
        "FUSION_RUN_CONFIGURATION",
        "OMP_NUM_THREADS",
        "OMP_PROC_BIND",
        "GOMP_CPU_AFFINITY",
        "KMP_BLOCKTIME",
        "MKL_NUM_THREADS",
        "MKL_CBWR",
        "OPENBLAS_NUM_THREADS",
        "DNNL_MAX_CPU_ISA",
        "ONEDNN_MAX_CPU_ISA",
        "MALLOC_ARENA_MAX",
        "MALLOC_TRIM_THRESHOLD_",
        "GLIBC_TUNABLES",
        "CUDA_VISIBLE_DEVICES",
        "CUBLAS_WORKSPACE_CONFIG",
        "AWS_ACCESS_KEY_ID",
        "AWS_SESSION_TOKEN",
        "MLFLOW_TRACKING_TOKEN",
        "HTTPS_PROXY",
        "no_proxy",
        "LANG",
        "LC_ALL",
        "TZ"
      })
  void carry(String name) {
    assertThat(PodVariables.isAllowed(name)).isTrue();
  }

  @ParameterizedTest
  @DisplayName("carry no library, program, file or option of the virtual machine")
  @ValueSource(
      strings = {
        // loaders; all that glibc itself ignores in a program with another's rights
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "LD_AUDIT",
        "LD_DEBUG_OUTPUT",
        "LD_PROFILE_OUTPUT",
        "DYLD_INSERT_LIBRARIES",
        "DYLD_FRAMEWORK_PATH",
        "GCONV_PATH",
        "GETCONF_DIR",
        "HOSTALIASES",
        "LOCALDOMAIN",
        "LOCPATH",
        "MALLOC_TRACE",
        "NIS_PATH",
        "NLSPATH",
        "RESOLV_HOST_CONF",
        "RES_OPTIONS",
        "TMPDIR",
        "TZDIR",
        // the virtual machine
        "JAVA_TOOL_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "_JAVA_OPTIONS",
        "JAVA_OPTS",
        "JAVA_HOME",
        "CLASSPATH",
        "_JAVA_LAUNCHER_DEBUG",
        "JAVA_TOOL_OPTIONS ",
        // shells and other languages
        "PATH",
        "HOME",
        "SHELL",
        "ENV",
        "BASH_ENV",
        "BASH_FUNC_java%%",
        "IFS",
        "PS4",
        "PROMPT_COMMAND",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PERL5OPT",
        "RUBYOPT",
        "NODE_OPTIONS",
        // libraries that libtorch, its threads, its profiler and CUDA load by name
        "DJL_CACHE_DIR",
        "ENGINE_CACHE_DIR",
        "PYTORCH_LIBRARY_PATH",
        "PYTORCH_EXTRA_LIBRARY_PATH",
        "PYTORCH_VERSION",
        "OMP_TOOL_LIBRARIES",
        "OMP_TOOL_VERBOSE_INIT",
        "INTEL_LIBITTNOTIFY64",
        "NVTX_INJECTION64_PATH",
        "CUDA_INJECTION64_PATH",
        "NCCL_NET_PLUGIN",
        "CXX",
        "KINETO_CONFIG",
        "MKL_VERBOSE_OUTPUT_FILE",
        // files that may name a program to get a key from, or be sent as one
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "SSL_CERT_FILE",
        // nothing that anything reads
        "TEAM",
        "",
        "A=B",
        "OMP_NUM_THREADS\nLD_PRELOAD",
        "XOMP_NUM_THREADS"
      })
  void carryNoCode(String name) {
    assertThat(PodVariables.isAllowed(name)).isFalse();
  }
}
