#!/usr/bin/env bash
# TensorBoard 2.21.0: its Python loader, and its binary data server 0.7.2 (which pip has for some platforms only).
#
# A run that is stopped and goes on from a step writes a second event file, which begins with a SessionLog of status
# START at that step: what came after it in the file before is then out of date. If the first file of the run had no
# START, TensorBoard's two loaders disagree on the same valid files: the data server leaves out what is out of date, the
# Python loader (used on arm64, on Windows, and by --load_fast=false) shows it a second time. Its first START of a run
# purges nothing, whichever file it stands in. With a START in the first file, too, both agree.
# One would guess that one program shows the same files in one way, and that a START means the same wherever it stands.
#
# Seen on 2026-11-30 on linux/amd64, steps shown of files with steps 10, 20, 30 and, from 20 on, 30, 40:
#   START in the second file only, Python loader: 10 20 30 30 40
#   START in the second file only, data server: 10 20 30 40
#   START in both files, Python loader: 10 20 30 40
#   START in both files, data server: 10 20 30 40
#
# Needs Python 3.10 or later. Exits with another code than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q tensorboard==2.21.0 tensorboard-data-server==0.7.2 'setuptools<81'

cat >write.py <<'END'
import os, sys
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

folder, first_has_start = sys.argv[1], sys.argv[2] == "both"


def write(name, time, start, steps):
    events = [event_pb2.Event(wall_time=time, file_version="brain.Event:2")]
    if start is not None:
        log = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        events.append(event_pb2.Event(wall_time=time, step=start, session_log=log))
    for step in steps:
        value = summary_pb2.Summary.Value(tag="loss", simple_value=step / 100)
        events.append(event_pb2.Event(wall_time=time + step, step=step, summary=summary_pb2.Summary(value=[value])))
    with open(os.path.join(folder, name), "wb") as file:
        writer = RecordWriter(file)
        for event in events:
            writer.write(event.SerializeToString())


os.makedirs(folder)
write("events.out.tfevents.1000.host", 1000, 1 if first_has_start else None, [10, 20, 30])
write("events.out.tfevents.2000.host", 2000, 21, [30, 40])
END

cat >show.py <<'END'
import json, sys, time, urllib.request
from tensorboard import default, program

board = program.TensorBoard(plugins=default.get_plugins())
board.configure(
    argv=["", "--logdir", sys.argv[1], "--host", "127.0.0.1", "--port", "0", "--reload_interval", "1",
          "--load_fast", sys.argv[2]]
)
address = board.launch()
points = []
until = time.monotonic() + 60
while (not points or points[-1][1] != 40) and time.monotonic() < until:
    time.sleep(0.2)
    try:
        with urllib.request.urlopen(address + "data/plugin/scalars/scalars?run=.&tag=loss") as answer:
            points = json.load(answer)
    except urllib.error.HTTPError:
        pass
print(*[point[1] for point in points])
END

for which in second both; do
  venv/bin/python write.py "$which" "$which"
  case $which in second) words="START in the second file only" ;; both) words="START in both files" ;; esac
  echo "$words, Python loader: $(venv/bin/python show.py "$which" false 2>/dev/null)"
  echo "$words, data server: $(venv/bin/python show.py "$which" true 2>/dev/null)"
done | tee seen

diff seen - <<'END'
START in the second file only, Python loader: 10 20 30 30 40
START in the second file only, data server: 10 20 30 40
START in both files, Python loader: 10 20 30 40
START in both files, data server: 10 20 30 40
END
