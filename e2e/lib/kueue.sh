# Kueue itself, for the tests of its queues: a part of its own, because it takes as long to compile as all the rest.
KUEUE_NOT_BUILT="Kueue is not built, or not from these sources: run e2e/cluster kueue build"

kueue() {
  local command=${1:-}
  [ $# -eq 0 ] || shift
  case $command in
    build | definitions | run) "kueue_$command" "$@" ;;
    *) die "kueue: unknown command '$command'; there are build, definitions and run" ;;
  esac
}

kueue_sources() {
  (declare -f kueue_build && cat "$E2E"/tools/kueue/go.{mod,sum} && uname -sm) | sha256sum | cut -c1-64
}
needs_kueue() { [ "$(cat "$CACHE/kueue/.sources" 2>/dev/null)" != "$(kueue_sources)" ]; }

kueue_build() {
  local module
  if ! needs_kueue; then
    echo "up to date: $BIN/kueue"
    return
  fi
  [ "${1:-}" != --check ] || die "$KUEUE_NOT_BUILT"
  check_go
  mkdir -p "$BIN" "$CACHE/kueue"
  exec {BUILD_LOCK}>"$CACHE/build.lock"
  flock "$BUILD_LOCK"
  echo "Compiling Kueue from its Go modules: the first time 12 minutes of one core"
  compile kueue kueue sigs.k8s.io/kueue/cmd/kueue
  module=$(cd "$E2E/tools/kueue" && GOWORK=off GOFLAGS= go list -m -f '{{.Dir}}' sigs.k8s.io/kueue) || die "build: no Kueue"
  rm -rf "$CACHE/kueue"
  mkdir -p "$CACHE/kueue"
  install -m 644 "$module"/config/components/crd/bases/*.yaml "$module/config/components/webhook/manifests.yaml" "$CACHE/kueue/"
  kueue_sources >"$CACHE/kueue/.sources"
}

# the folder with its definitions and webhooks, as they are shipped
kueue_definitions() { echo "$CACHE/kueue"; }

# kueue run WEBHOOK-PORT HEALTH-PORT: beside the cluster, until standard input ends
kueue_run() {
  local private=(unshare --mount) folder=$RUN/kueue pid
  is_ours || die "kueue run: no cluster is up in $RUN"
  [ "$(id -u)" = 0 ] || private=(unshare --map-root-user --mount)
  mkdir -p "$folder"
  certificate kueue /CN=kueue IP:127.0.0.1
  cp "$PKI/kueue.crt" "$folder/tls.crt"
  cp "$PKI/kueue.key" "$folder/tls.key"
  cat >"$folder/configuration.yaml" <<Y
apiVersion: config.kueue.x-k8s.io/v1beta2
kind: Configuration
health: {healthProbeBindAddress: "127.0.0.1:$2"}
metrics: {bindAddress: "0"}
webhook: {host: 127.0.0.1, port: $1, certDir: "$folder"}
leaderElection: {leaderElect: false}
internalCertManagement: {enable: false}
integrations: {frameworks: ["batch/job"]}
Y
  # without certificates of its own it reads a second pair from a fixed folder, metrics or not
  # shellcheck disable=SC2016
  KUBECONFIG=$KUBECONFIG_FILE "${private[@]}" sh -ec '
    mount -t tmpfs tmpfs /etc
    mkdir -p /etc/kueue/metrics/certs
    cp "$1/tls.crt" "$1/tls.key" /etc/kueue/metrics/certs/
    exec "$2" --config="$1/configuration.yaml" --feature-gates=VisibilityOnDemand=false
  ' kueue "$folder" "$BIN/kueue" >"$LOGS/kueue.log" 2>&1 </dev/null &
  pid=$!
  cat >/dev/null || true
  kill -9 $pid 2>/dev/null || true
}
