#!/bin/sh
# One step of any pipeline: trains what a file describes, and says by its exit code whether that is good enough.
#
#   examples/pipelines/ci.sh TRAINING.yaml [FOLDER]    with FOLDER, the model and its report are fetched into it
#
# Environment
#   RUN_ID            of this pipeline's run, such as the commit: a new one trains anew, the same goes on (default: none)
#   MINIMUM_ACCURACY  on the test images (default: 0)
#   TIMEOUT           how long to wait (default: 24h)
#
# It takes kubectl with its plugin (docs/kubectl.md), whose codes it ends with: 1 a training has failed, 124 the time is
# over; and 2: it has succeeded and is not good enough.
set -eu
file=$1
training=$(kubectl patch --local -f "$file" --type=merge -p "{\"spec\":{\"runId\":\"${RUN_ID:-}\"}}" -o json)
applied=$(printf '%s' "$training" | kubectl apply -f - -o 'jsonpath={.metadata.namespace}/{.metadata.name}')
namespace=${applied%/*} name=${applied#*/}
kubectl fusion wait "$name" -n "$namespace" --timeout "${TIMEOUT:-24h}"
[ $# -lt 2 ] || kubectl fusion fetch "$name" "$2" -n "$namespace"
accuracy=$(kubectl get "ft/$name" -n "$namespace" -o 'jsonpath={.status.test.accuracy}')
awk -v is="$accuracy" -v least="${MINIMUM_ACCURACY:-0}" 'BEGIN { exit !(is >= least) }' || {
  echo "accuracy $accuracy is below ${MINIMUM_ACCURACY:-0}" >&2
  exit 2
}
