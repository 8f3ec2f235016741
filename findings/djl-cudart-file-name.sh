#!/usr/bin/env bash
# DJL 0.29.0 (ai.djl:api, by JNA 5.14.0) and NVIDIA's CUDA runtime 12.1.105.
#
# DJL's CudaUtils finds the CUDA runtime by JNA under the name "cudart", which matches libcudart.so and libcudart.so.N in
# the folders that JNA looks through. The very same file under the name that libtorch's own build for CUDA 12.1 gives it,
# libcudart-9335f6a2.so.12, is not found: then "No cuda library is loaded", and the count of GPUs is 0, without an error,
# on any machine, whatever its driver has.
# One would guess that the count of GPUs depends on the driver, and that DJL finds the runtime that its own natives
# bring (ai.djl.pytorch:pytorch-native-cu121 has it under that name).
#
# Seen on 2026-12-01 on linux/amd64, without a GPU; the version is asked of the runtime itself, which needs none:
#   libcudart.so.12: CUDA 121, 0 GPUs
#   libcudart-9335f6a2.so.12: No cuda library is loaded. 0 GPUs
#
# Needs JDK 17 or later, Maven, Python 3 with pip, on linux/amd64. Exits with another code than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --no-deps nvidia-cuda-runtime-cu12==12.1.105
runtime=$(find venv -name libcudart.so.12)

cat >pom.xml <<'END'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>cudart</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>ai.djl</groupId><artifactId>api</artifactId><version>0.29.0</version></dependency>
    <dependency><groupId>net.java.dev.jna</groupId><artifactId>jna</artifactId><version>5.14.0</version></dependency>
  </dependencies>
</project>
END
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib

cat >Ask.java <<'END'
import ai.djl.util.cuda.CudaUtils;

class Ask {
  public static void main(String[] arguments) {
    String version;
    try {
      version = "CUDA " + CudaUtils.getCudaVersionString() + ",";
    } catch (IllegalStateException e) {
      version = e.getMessage();
    }
    System.out.println(version + " " + CudaUtils.getGpuCount() + " GPUs");
  }
}
END

ask() {
  mkdir "$1"
  cp "$runtime" "$1/$2"
  printf '%s: %s\n' "$2" "$(java -cp 'lib/*' -Djna.library.path="$folder/$1" Ask.java 2>/dev/null)"
}

{
  ask plain libcudart.so.12
  ask libtorchs libcudart-9335f6a2.so.12
} | tee seen

diff seen - <<'END'
libcudart.so.12: CUDA 121, 0 GPUs
libcudart-9335f6a2.so.12: No cuda library is loaded. 0 GPUs
END
