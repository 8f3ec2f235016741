# Nodes that kwok simulates: they lease, their pods follow the files in stages/, nothing runs.

# start_simulated_nodes N; kwok drives only nodes with its annotation, so a real one may stand beside them
start_simulated_nodes() {
  local i file stages=() taint=
  # beside a real node, only for pods that tolerate it: an ordinary pod would land here and "succeed"
  [ -z "$NODE_IP" ] || taint='{key: kwok.x-k8s.io/node, value: fake, effect: NoSchedule}'
  for file in "$E2E"/stages/*.yaml; do stages+=(--config "$file"); done
  start kwok "$BIN/kwok" --kubeconfig="$RUN/kwok.kubeconfig" "${stages[@]}" \
    --manage-all-nodes=false --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake \
    --node-lease-duration-seconds=40 --cidr=10.99.0.0/16 --node-ip=10.99.0.1
  for ((i = 0; i < $1; i++)); do simulated_node "kwok-$i" "$taint"; done | kubectl create -f - >/dev/null
  wait_for kwok 120 "the simulated nodes" kubectl wait --for=condition=Ready node -l type=kwok --timeout=10s
}

# simulated_node NAME TAINT
simulated_node() {
  cat <<Y
---
apiVersion: v1
kind: Node
metadata:
  name: $1
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {type: kwok, kubernetes.io/os: linux, kubernetes.io/arch: amd64, kubernetes.io/hostname: $1}
spec:
  taints: [$2]
status:
  capacity: &resources
    {cpu: "64", memory: 512Gi, pods: "110", ephemeral-storage: 1Ti, nvidia.com/gpu: "${FUSION_CLUSTER_GPUS:-8}"}
  allocatable: *resources
Y
}
