# A real node: containerd and a kubelet in the state folder, for root.
NODE=node-0
NODE_IP= # set when a real node is wanted

containerd_client() { ctr -a "$RUN/containerd.sock" -n k8s.io "$@"; }

check_node() {
  [ "$(id -u)" = 0 ] || die "--node needs root"
  for program in containerd ctr runc ip busybox /usr/lib/cni/bridge; do
    command -v $program >/dev/null || die "--node needs $program (Debian:" \
      "apt install containerd runc containernetworking-plugins iproute2 busybox-static)"
  done
  ! ip -o addr show lo | grep -qF " $CLUSTER_IP/" || die "--node: another cluster with a real node is up on this machine"
  NODE_IP=$CLUSTER_IP
}

# before the API server starts, which listens on that address
prepare_node() {
  (cd /proc/sys && grep -H . vm/overcommit_memory kernel/panic kernel/panic_on_oops) >"$RUN/sysctl" # the kubelet sets these
  ip addr replace "$NODE_IP/32" dev lo
}

start_node() {
  local rootfs=$RUN/rootfs
  mkdir -p "$RUN/cni" "$RUN/kubelet" "$rootfs/pause" "$rootfs/busybox/bin" "$rootfs/busybox/tmp"
  containerd_configuration
  start containerd containerd -c "$RUN/containerd.toml"
  wait_for containerd 30 containerd containerd_client version

  cp "$BIN/pause" "$rootfs/pause/"
  image docker.io/fusion/pause:1 "$rootfs/pause" '["/pause"]'
  chmod 1777 "$rootfs/busybox/tmp"
  cp /bin/busybox "$rootfs/busybox/bin/"
  /bin/busybox --list | grep -vx busybox | xargs -I{} ln -sf busybox "$rootfs/busybox/bin/{}"
  image docker.io/fusion/busybox:1 "$rootfs/busybox" '["/bin/sh"]'

  certificate kubelet "/O=system:nodes/CN=system:node:$NODE" "IP:$NODE_IP,DNS:$NODE"
  write_kubeconfig kubelet
  kubelet_configuration
  start kubelet "$BIN/kubelet" --config="$RUN/kubelet.yaml" --kubeconfig="$RUN/kubelet.kubeconfig" \
    --root-dir="$RUN/kubelet" --hostname-override="$NODE" --node-ip="$NODE_IP"
  wait_for kubelet 60 "node $NODE to register" kubectl get node "$NODE"
  # a number without a device behind it: the scheduler counts it, the container sees nothing
  kubectl patch node "$NODE" --subresource=status --type=merge \
    -p '{"status":{"capacity":{"nvidia.com/gpu":"1"},"allocatable":{"nvidia.com/gpu":"1"}}}' >/dev/null
  wait_for kubelet 60 "node $NODE" kubectl wait --for=condition=Ready "node/$NODE" --timeout=10s
}

containerd_configuration() {
  cat >"$RUN/cni/10-bridge.conflist" <<Y
{"cniVersion": "1.0.0", "name": "fusion", "plugins": [{
  "type": "bridge", "bridge": "fusion0", "isGateway": true, "isDefaultGateway": true,
  "ipam": {"type": "host-local", "dataDir": "$RUN/cni-ipam", "ranges": [[{"subnet": "10.98.0.0/24"}]]}}]}
Y
  # restrict_oom_score_adj: without CAP_SYS_RESOURCE nobody may lower it, and runc fails
  cat >"$RUN/containerd.toml" <<Y
version = 2
root = "$RUN/containerd"
state = "$RUN/containerd-state"
[grpc]
address = "$RUN/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "docker.io/fusion/pause:1"
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true
cni = {bin_dir = "/usr/lib/cni", conf_dir = "$RUN/cni"}
Y
}

# works with cgroup v1 too; images are never collected, since imported ones cannot be pulled again
kubelet_configuration() {
  cat >"$RUN/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
authentication: {anonymous: {enabled: false}, x509: {clientCAFile: "$PKI/ca.crt"}}
tlsCertFile: $PKI/kubelet.crt
tlsPrivateKeyFile: $PKI/kubelet.key
containerRuntimeEndpoint: unix://$RUN/containerd.sock
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
makeIPTablesUtilChains: false
podLogsDir: $RUN/pod-logs
evictionHard: {memory.available: 100Mi}
imageGCHighThresholdPercent: 100
Y
}

# image NAME DIR [ENTRYPOINT-JSON]
image() {
  [ $# -ge 2 ] || die "image: needs a name and a folder"
  pack "$@" | containerd_client images import - >/dev/null
}

# import TAR…: images as Jib and docker save write them
import() {
  local tar
  for tar in "$@"; do containerd_client images import "$tar" >/dev/null || die "import: $tar is not an image"; done
}

# containers outlive containerd, so they are ended first; then mounts, sysctls, addresses, control groups
clean_up_node() {
  local id mount name value
  [ -e "$RUN/sysctl" ] || return 0 # there was none
  for id in $(containerd_client containers ls -q 2>/dev/null); do
    containerd_client tasks rm -f "$id" >/dev/null 2>&1 || true
  done
  end containerd
  awk -v run="$RUN/" 'index($2, run) == 1 {print $2}' /proc/mounts | sort -r | while read -r mount; do umount -l "$mount"; done
  while IFS=: read -r name value; do echo "$value" >"/proc/sys/$name"; done <"$RUN/sysctl"
  ip link del fusion0 2>/dev/null || true
  ip addr del "$CLUSTER_IP/32" dev lo 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -path '*/kubepods*' -exec rmdir {} + 2>/dev/null || true
  find /var/log/containers -lname "$RUN/*" -delete 2>/dev/null || true
}
