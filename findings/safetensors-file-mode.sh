#!/usr/bin/env bash
# safetensors 0.8.0 for Python: save_file makes files that only their owner may read, whatever the umask says.
#
# A file that save_file makes has mode 0600 under umask 022, where Python's open, NumPy and torch.save make 0644. A file that
# is there, readable by all, is replaced by one that is not, and a link is replaced by a file. The same bytes by save(),
# written with open(), have 0644. The file is made under another name and renamed, which the documentation does not tell.
# One would guess that a library that writes a file for others (weights for a hub, data for a pod with a user of its own)
# leaves its mode to the umask, and that saving again leaves it as it is.
#
# Seen on 2026-12-01 on linux/amd64:
#   numpy.save, a new file: 644
#   save_file, a new file: 600
#   save_file over a file with mode 644: 600
#   save_file over a link: no link any more, its target unchanged
#   save() written by open(): 644
#
# Needs Python 3.10 or later. Exits with another code than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q safetensors==0.8.0 numpy==1.26.4

cat >modes.py <<'END'
import os

import numpy
from safetensors.numpy import save, save_file

os.umask(0o022)
tensors = {"x": numpy.zeros(2)}


def mode(name):
    return f"{os.stat(name).st_mode & 0o777:o}"


numpy.save("x.npy", tensors["x"])
print("numpy.save, a new file:", mode("x.npy"))
save_file(tensors, "new.safetensors")
print("save_file, a new file:", mode("new.safetensors"))
for name in "old.safetensors", "target.safetensors":
    with open(name, "wb") as file:
        file.write(b"before")
os.symlink("target.safetensors", "link.safetensors")
save_file(tensors, "old.safetensors")
print("save_file over a file with mode 644:", mode("old.safetensors"))
save_file(tensors, "link.safetensors")
link = "a link still" if os.path.islink("link.safetensors") else "no link any more"
with open("target.safetensors", "rb") as file:
    print(f"save_file over a link: {link}, its target {'unchanged' if file.read() == b'before' else 'changed'}")
with open("bytes.safetensors", "wb") as file:
    file.write(save(tensors))
print("save() written by open():", mode("bytes.safetensors"))
END

venv/bin/python modes.py | tee seen

diff seen - <<'END'
numpy.save, a new file: 644
save_file, a new file: 600
save_file over a file with mode 644: 600
save_file over a link: no link any more, its target unchanged
save() written by open(): 644
END
