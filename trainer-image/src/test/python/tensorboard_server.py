"""What TensorBoard's own server answers for a folder of event files.

usage: tensorboard_server.py FOLDER LOADER TAG...
LOADER: python, or binary for the data server that pip has for some platforms (tensorboard_data_server)
Prints JSON, for each tag its points: [step, value]. The last of the tags is waited for.
"""

import json
import sys
import time
import urllib.parse
import urllib.request

from tensorboard import default, program

folder, loader, tags = sys.argv[1], sys.argv[2], sys.argv[3:]
board = program.TensorBoard(plugins=default.get_plugins())
board.configure(
    argv=["", "--logdir", folder, "--host", "127.0.0.1", "--port", "0", "--reload_interval", "1"]
    + ["--load_fast", "true" if loader == "binary" else "false"]
)
address = board.launch()


def ask(path, **query):
    with urllib.request.urlopen(f"{address}data/plugin/{path}?{urllib.parse.urlencode(query)}") as answer:
        return json.load(answer)


until = time.monotonic() + 60
while tags[-1] not in ask("scalars/tags").get(".", {}) and time.monotonic() < until:
    time.sleep(0.1)
points = {tag: [point[1:] for point in ask("scalars/scalars", run=".", tag=tag)] for tag in tags}
text = ask("text/text", run=".", tag="configuration")
print(json.dumps({"scalars": points, "configuration": [entry["text"] for entry in text]}))
