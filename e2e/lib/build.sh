# Compiles the binaries. They are ordinary tool dependencies of tools/go.mod, pinned by its go.sum.
NOT_BUILT="the binaries are not built, or not from these sources: run e2e/cluster build"

# what the binaries were made from: when it changes they are out of date
sources() {
  local GLOBIGNORE='kueue/*' # a part of its own: kueue.sh
  (declare -f build compile fetch_definitions && cd "$E2E/tools" && cat go.{mod,sum} */go.{mod,sum} */*.go && uname -sm) |
    sha256sum | cut -c1-64
}
needs_build() { [ "$(cat "$BIN/.sources" 2>/dev/null)" != "$(sources)" ]; }

check_go() {
  local version
  command -v go >/dev/null || die "build needs Go 1.24 or later, and there is no go on the PATH: https://go.dev/dl"
  version=$(cd "$E2E/tools" && go version | sed 's/.* go\([0-9.]*\).*/\1/') # from 1.21 on it fetches the one it needs
  [ "$(printf '%s\n' 1.24 "$version" | sort -V | head -1)" = 1.24 ] ||
    die "build needs Go 1.24 or later, and this is Go $version: https://go.dev/dl"
}

# compilers at once: each takes up to 1 GB, the largest linker 1.9 GB
compilers() {
  awk -v processors="$(nproc)" '/^MemAvailable/ { n = int($2 / 1500000); if (n > processors) n = processors
    print (n < 1 ? 1 : n > 8 ? 8 : n) }' /proc/meminfo
}

build() {
  local only_check=
  case ${1:-} in
    '') ;;
    --check) only_check=yes ;;
    *) die "build: unknown option '$1'; there is --check" ;;
  esac
  if ! needs_build; then
    echo "up to date: $BIN"
    return
  fi
  [ -z "$only_check" ] || die "$NOT_BUILT"
  [ "$(uname -s)" = Linux ] || die "a cluster on this machine needs Linux"
  check_go
  mkdir -p "$BIN" || die "cannot write there: FUSION_CLUSTER_CACHE names another folder"
  exec {BUILD_LOCK}>"$CACHE/build.lock"
  flock "$BUILD_LOCK" # two builds at once would take twice the memory
  needs_build || return 0
  echo "Compiling Kubernetes from its Go modules into $BIN"
  echo "The first time: 18 minutes on two quiet cores, 0.5 GB to download, 7 GB of disk (6 GB of it Go's own caches)."
  rm -f "$BIN/.sources"
  compile etcd . go.etcd.io/etcd/server/v3
  for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl; do
    compile "$name" . "k8s.io/kubernetes/cmd/$name"
  done
  compile pause . ./pause
  # modules of their own: they do not compile with this Kubernetes' libraries
  compile kwok kwok sigs.k8s.io/kwok/cmd/kwok
  compile verdict verdict .
  compile helm helm helm.sh/helm/v3/cmd/helm
  compile helm4 helm4 helm.sh/helm/v4/cmd/helm
  compile operator-verify olm github.com/operator-framework/api/cmd/operator-verify
  compile promtool promtool github.com/prometheus/prometheus/cmd/promtool
  fetch_definitions
  sources >"$BIN/.sources"
}

# the definitions of the kinds in deploy/components/monitoring, as the Prometheus operator ships them
fetch_definitions() {
  local module=github.com/prometheus-operator/prometheus-operator kinds kind
  kinds=$(cd "$E2E/tools/monitoring" && GOWORK=off GOFLAGS= go mod download $module &&
    GOWORK=off GOFLAGS= go list -m -f '{{.Dir}}' $module)/example/prometheus-operator-crd || die "build: no $module"
  mkdir -p "$CACHE/definitions"
  for kind in podmonitors prometheusrules; do
    install -m 644 "$kinds/monitoring.coreos.com_$kind.yaml" "$CACHE/definitions/" || die "build: no definition of $kind"
  done
}

# compile NAME MODULE PACKAGE
compile() {
  local version package stamp=(-s -w)
  echo "  $1"
  # without these the binaries call themselves v0.0.0-master, and so their requests in the audit log
  version=$(awk '$1 == "k8s.io/kubernetes" {print $2}' "$E2E/tools/go.mod")
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    stamp+=(-X $package.gitVersion="$version" -X $package.gitMajor=1 -X $package.gitMinor="$(cut -d. -f2 <<<"$version")"
      -X $package.gitCommit="$version" -X $package.gitTreeState=clean)
  done
  (cd "$E2E/tools/$2" && CGO_ENABLED=0 GOWORK=off GOFLAGS= go build -p "${FUSION_CLUSTER_JOBS:-$(compilers)}" \
    -buildvcs=false -trimpath -ldflags "${stamp[*]}" -o "$BIN/$1" "$3") ||
    die "build: $1 did not compile; what Go said is above"
}
