# etcd, kube-apiserver, kube-controller-manager and kube-scheduler, with certificates and kubeconfigs.
CLUSTER_IP=10.96.0.1 # of the Service default/kubernetes; with a real node an address of lo, so pods reach it

# certificate NAME SUBJECT [SUBJECT-ALTERNATIVE-NAMES]: signed by the cluster's authority; RSA, because the Java client
# reads no other private key by itself
certificate() {
  openssl req -new -newkey rsa:2048 -nodes -subj "$2" -keyout "$PKI/$1.key" -out "$PKI/$1.csr" 2>/dev/null
  openssl x509 -req -in "$PKI/$1.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial -days 3650 \
    -out "$PKI/$1.crt" -extfile <(echo "extendedKeyUsage=serverAuth,clientAuth"
      [ -z "${3:-}" ] || echo "subjectAltName=$3") 2>/dev/null
}

# write_kubeconfig NAME: with NAME's certificate, everything in the one file
write_kubeconfig() {
  (umask 077 && cat >"$RUN/$1.kubeconfig") <<Y
apiVersion: v1
kind: Config
clusters: [{name: fusion-e2e, cluster: {server: "https://$API", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$PKI/$1.crt"), client-key-data: $(base64 -w0 "$PKI/$1.key")}}]
contexts: [{name: fusion-e2e, context: {cluster: fusion-e2e, user: $1}}]
current-context: fusion-e2e
Y
}

keys_and_certificates() {
  local name
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=fusion-e2e -days 3650 \
    -keyout "$PKI/ca.key" -out "$PKI/ca.crt" 2>/dev/null
  openssl genrsa -out "$PKI/service-accounts.key" 2048 2>/dev/null
  openssl rsa -in "$PKI/service-accounts.key" -pubout -out "$PKI/service-accounts.pub" 2>/dev/null
  certificate kube-apiserver /CN=kube-apiserver \
    "IP:$CLUSTER_IP,IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  certificate admin /O=system:masters/CN=admin
  certificate kwok /O=system:masters/CN=kwok # so that the audit log tells the simulated nodes from people
  for name in kube-controller-manager kube-scheduler; do certificate $name /CN=system:$name; done
  for name in admin kwok kube-controller-manager kube-scheduler; do write_kubeconfig $name; done
}

# with NODE_IP set, for a real node, the API server listens there
start_control_plane() {
  local address=${NODE_IP:-127.0.0.1} port etcd etcd_peers
  command -v openssl >/dev/null || die "up needs openssl for the cluster's certificates"
  reserve_ports
  port=${NODE_IP:+443}
  API=$address:${port:=$PORT} etcd=http://127.0.0.1:$((PORT + 1)) etcd_peers=http://127.0.0.1:$((PORT + 2))
  keys_and_certificates

  start etcd "$BIN/etcd" --data-dir="$RUN/etcd" --unsafe-no-fsync \
    --listen-client-urls=$etcd --advertise-client-urls=$etcd --listen-peer-urls=$etcd_peers \
    --initial-advertise-peer-urls=$etcd_peers --initial-cluster=default=$etcd_peers
  exec {PORT_LOCK}>&- # etcd has it now

  start kube-apiserver "$BIN/kube-apiserver" --etcd-servers=$etcd --bind-address="$address" --secure-port="$port" \
    --tls-cert-file="$PKI/kube-apiserver.crt" --tls-private-key-file="$PKI/kube-apiserver.key" \
    --client-ca-file="$PKI/ca.crt" --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$PKI/service-accounts.pub" \
    --service-account-signing-key-file="$PKI/service-accounts.key" \
    --service-cluster-ip-range=10.96.0.0/24 ${NODE_IP:+--advertise-address=$NODE_IP} \
    --kubelet-client-certificate="$PKI/admin.crt" --kubelet-client-key="$PKI/admin.key" \
    --kubelet-preferred-address-types=InternalIP --allow-privileged=true \
    --audit-policy-file="$E2E/audit-policy.yaml" --audit-log-path="$LOGS/audit.log" --audit-log-maxsize=4000
  wait_for kube-apiserver 120 kube-apiserver kubectl get --raw /readyz

  # at the default of 20 requests a second the controllers would be what tests of many objects measure
  start kube-controller-manager "$BIN/kube-controller-manager" --leader-elect=false \
    --bind-address=127.0.0.1 --secure-port=$((PORT + 3)) --kube-api-qps=200 --kube-api-burst=400 \
    --{,authentication-,authorization-}kubeconfig="$RUN/kube-controller-manager.kubeconfig" \
    --use-service-account-credentials --root-ca-file="$PKI/ca.crt" \
    --service-account-private-key-file="$PKI/service-accounts.key"
  start kube-scheduler "$BIN/kube-scheduler" --leader-elect=false --bind-address=127.0.0.1 \
    --secure-port=$((PORT + 4)) --{,authentication-,authorization-}kubeconfig="$RUN/kube-scheduler.kubeconfig"
  wait_for kube-controller-manager 60 "the default service account" kubectl get serviceaccount default
}
