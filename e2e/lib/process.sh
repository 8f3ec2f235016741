# The state folder of one cluster, and the processes that belong to it.
MARK=.fusion-cluster # in a folder without it nothing is ever removed
DIES_WITH_US=

is_ours() { [ -e "$RUN/$MARK" ]; }

# an empty state folder; one whose processes have all died (a reboot, a kill) is cleared first
new_state() {
  local name
  if is_ours; then
    for name in $(ls "$RUN/pid"); do
      ! is_running "$name" || die "a cluster is already up in $RUN: e2e/cluster down ends it"
    done
    down
  fi
  [ -z "$(ls -A "$RUN" 2>/dev/null)" ] || die "$RUN is not empty and not a cluster's: set FUSION_CLUSTER_RUN to another folder"
  mkdir -p "$RUN" "$LOGS"
  touch "$RUN/$MARK"
  mkdir "$RUN/pid" "$PKI"
}

# start NAME COMMAND…: in a session of its own, output to its log
start() {
  local name=$1
  shift
  setsid ${DIES_WITH_US:+setpriv --pdeathsig KILL} "$@" >"$LOGS/$name.log" 2>&1 </dev/null &
  echo $! >"$RUN/pid/$name"
  disown # the shell need not say that it was killed
}

# is_running NAME: whether what start() recorded is still that process, not a later one with its number
is_running() {
  local pid
  pid=$(cat "$RUN/pid/$1" 2>/dev/null) && grep -qF "$RUN/" "/proc/$pid/cmdline" 2>/dev/null
}

# end NAME: no need to be gentle, its state is about to be removed
end() {
  local deadline=$((SECONDS + 10))
  is_running "$1" || return 0
  kill -9 "$(cat "$RUN/pid/$1")"
  while is_running "$1"; do
    [ $SECONDS -lt $deadline ] || die "$1 does not end"
    sleep 0.05
  done
}

# wait_for NAME SECONDS WHAT COMMAND…: until COMMAND succeeds, as long as process NAME lives
wait_for() {
  local name=$1 deadline=$((SECONDS + $2)) what=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    if ! is_running "$name"; then
      tail -n 5 "$LOGS/$name.log" >&2
      die "$name ended; the last of its log is above, all of it in $LOGS until e2e/cluster down"
    fi
    [ $SECONDS -lt $deadline ] || die "timed out waiting for $what; the logs are in $LOGS until e2e/cluster down"
    sleep 0.2
  done
}

# five free ports from PORT on; etcd holds the lock on them as long as it lives
reserve_ports() {
  local taken
  mkdir -p "$CACHE/ports"
  for PORT in ${FUSION_CLUSTER_PORT:-$(seq 16443 10 17433)}; do
    exec {PORT_LOCK}>"$CACHE/ports/$PORT"
    taken=$(printf ':%04X 0*:0000 0A|' $(seq "$PORT" $((PORT + 4)))) # as /proc/net/tcp writes listening ones
    if flock -n "$PORT_LOCK" && ! grep -qE "${taken%|}" /proc/net/tcp /proc/net/tcp6 2>/dev/null; then return; fi
    exec {PORT_LOCK}>&-
  done
  die "ports ${FUSION_CLUSTER_PORT:-16443 to 17437} are taken: set FUSION_CLUSTER_PORT to the first of five free ones"
}
