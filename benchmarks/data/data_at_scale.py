"""How the trainer's cost grows with its data set, in processes of their own: data_at_scale.py --library FOLDER [--files N,N…] [--work FOLDER]

Prints Markdown. Needs Pillow, and for the comparison torchvision; for counted and slow calls a C compiler.
CPU seconds are those of the whole process; a start is measured up to the line that says how many steps there will be."""

import argparse
import glob
import io
import os
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tarfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
STARTED = re.compile(r"\d+ epochs of \d+ steps")
TRAINING = """
apiVersion: fusion.training/v1alpha1
kind: FusionTraining
metadata: {name: data}
spec:
  model: {architecture: EfficientNetV2-S}
  dataset:
    format: %s
    source: {persistentVolumeClaim: {claimName: data}}
    split: {validation: 0.1, test: 0.1}
  optimization: {single: {optimizer: {type: SGD, learningRate: 0.01}}}
  training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
  pod: {gpu: {count: 0}}
"""


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True, help="folder with the trainer's jars")
    parser.add_argument("--files", default="1000,10000,100000,1281000")
    parser.add_argument("--work", default=os.path.join(ROOT, "benchmarks/target/data"))
    parser.add_argument("--only", default="growth,calls,slow,idx,shards,cache,large,classes")
    parser.add_argument("--classes", default="10,1000,10000", help="of 30,000 pictures each time")
    return parser.parse_args()


def seeds(folder):
    """Twenty small JPEGs, which all others are hard links of (ext4 takes 65,000 of each)."""
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    names = [os.path.join(folder, f"{i:02}.jpg") for i in range(40)]
    for i, name in enumerate(names):
        Image.new("RGB", (64, 48), (6 * i, 128, 255 - 6 * i)).save(name)
    return names


def tree(folder, files, classes, of):
    """Class folders with names in no order, as ImageNet's."""
    if os.path.isdir(folder):
        return folder
    for c in range(classes):
        name = "n%08d" % (1440764 + 7 * c)
        os.makedirs(os.path.join(folder, name))
        for i in range(files // classes):
            os.link(of[(c + i) % len(of)], os.path.join(folder, name, "%s_%d.JPEG" % (name, i * 7919 % 1000003)))
    for path in [folder, *(entry.path for entry in os.scandir(folder))]:
        os.utime(path, (1.7e9, 1.7e9))  # as data that were put there before today
    return folder


class Trainer:
    """The trainer in a process of its own, started as ./fusion does."""

    def __init__(self, library, work, *arguments, java=(), environment=None):
        self.log = os.path.join(work, "log")
        line = ["java", "-Dfusion.root=" + ROOT, "-XX:+UseSerialGC", *java, "-cp", library + "/*", "training.fusion.trainer.Main", *arguments]
        cache = os.path.join(work, "djl")
        variables = dict(os.environ, DJL_CACHE_DIR=cache, ENGINE_CACHE_DIR=cache, DJL_OFFLINE="true", OPT_OUT_TRACKING="true", OMP_WAIT_POLICY="PASSIVE", LC_ALL="C.UTF-8", **(environment or {}))
        self.begun = time.monotonic()
        self.process = subprocess.Popen(line, env=variables, stdout=open(self.log, "w"), stderr=subprocess.STDOUT)

    def said(self):
        return open(self.log, errors="replace").read()

    def started(self):
        """Seconds of CPU, seconds, and MB at most, until the first step is next."""
        while not STARTED.search(self.said()):
            if self.process.poll() is not None:
                sys.exit("the trainer ended before its first step:\n" + self.said())
            time.sleep(0.02)
        wall = time.monotonic() - self.begun
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        peak = int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read())[1])
        return cpu, wall, peak / 1000

    def stop(self):
        """Seconds until it has ended, and its exit code."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait()
        return time.monotonic() - begun, code

    def ended(self):
        """As started, until it ends by itself."""
        _, status, usage = os.wait4(self.process.pid, 0)
        if status:
            sys.exit(f"the trainer ended with {os.waitstatus_to_exitcode(status)}:\n" + self.said())
        return usage.ru_utime + usage.ru_stime, time.monotonic() - self.begun, usage.ru_maxrss / 1000


def training(work, layout):
    file = os.path.join(work, layout + ".yaml")
    open(file, "w").write(TRAINING % layout)
    return file


def torchvision_listing(folder):
    """CPU seconds of a process that lists with torchvision, and of the listing alone; None without torchvision."""
    program = "import sys, time; from torchvision.datasets import ImageFolder; b = time.process_time(); n = len(ImageFolder(sys.argv[1])); print(time.process_time() - b, time.process_time())"
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True)
    if done.returncode:
        return None
    alone, whole = map(float, done.stdout.split())
    return whole, alone


def written(run, *names):
    return sum(os.path.getsize(os.path.join(run, name)) for name in names if os.path.exists(os.path.join(run, name)))


def growth(library, work, trees):
    print("| files | dry-run: CPU s / s / MB | torchvision lists: CPU s (without its imports) | ratio | start: CPU s / s / MB | resume: CPU s / s / MB | index and list of pictures, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    file, resumes = training(work, "ImageFolder"), {}
    for files, data in trees.items():
        listed = torchvision_listing(data)
        dry = Trainer(library, work, "dry-run", file, "--data=" + data).ended()
        run = os.path.join(work, f"run-{files}")
        shutil.rmtree(run, ignore_errors=True)
        measured = []
        for _ in range(2):
            trainer = Trainer(library, work, "train", file, "--data=" + data, "--output=" + run)
            measured.append(trainer.started())
            time.sleep(5)  # some steps
            code = trainer.stop()[1]
            if code != 143:
                sys.exit(f"the trainer ended with {code}:\n" + trainer.said())
        resumes[files] = measured[1][0]
        if "goes on from" not in trainer.said():
            sys.exit("the second start was no resume:\n" + trainer.said())
        ratio = "–" if listed is None else f"{dry[0] / listed[0]:.2f}"
        peer = "–" if listed is None else f"{listed[0]:.1f} ({listed[1]:.1f})"
        three = lambda m: f"{m[0]:.1f} / {m[1]:.1f} / {m[2]:.0f}"
        print(f"| {files:,} | {three(dry)} | {peer} | {ratio} | {three(measured[0])} | {three(measured[1])} | {written(run, 'folders.gz', 'pictures.json.gz') / 1e6:.1f} |", flush=True)
    if 10000 in resumes:
        most = max(resumes)
        print(f"\nResume on {most:,} / on 10,000: {resumes[most] / resumes[10000]:.2f} of CPU.")


def slow_files(work):
    library = os.path.join(work, "slow_files.so")
    source = os.path.join(ROOT, "trainer-image/src/test/c/slow_files.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library


def through(work, data, microseconds):
    counts = os.path.join(work, "counts")
    if os.path.exists(counts):
        os.remove(counts)
    return dict(LD_PRELOAD=slow_files(work), SLOW_FOLDER=data, SLOW_MICROSECONDS=str(microseconds), SLOW_COUNTS=counts)


def counted(work):
    return struct.unpack("4q", open(os.path.join(work, "counts"), "rb").read())


def calls(library, work, files, data):
    run = os.path.join(work, "run-calls")
    shutil.rmtree(run, ignore_errors=True)
    for what in ("start", "resume"):
        trainer = Trainer(library, work, "train", training(work, "ImageFolder"), "--data=" + data, "--output=" + run, environment=through(work, data, 0))
        trainer.started()
        all_, asked, opened, names = counted(work)
        time.sleep(5)
        trainer.stop()
        print(f"- {what} on {files:,} files in {len(os.listdir(data)):,} folders: {all_:,} file system calls before the first step ({asked:,} ask what a name is, {opened:,} open, {names:,} read names), {all_ / files:.4f} a file")


def slow(library, work, files, data):
    run = os.path.join(work, "run-slow")
    shutil.rmtree(run, ignore_errors=True)
    for what in ("start", "resume"):
        trainer = Trainer(library, work, "train", training(work, "ImageFolder"), "--data=" + data, "--output=" + run, environment=through(work, data, 1000))
        print(f"- {what} on {files:,} files where each call takes 1 ms: {trainer.started()[1]:.1f} s")
        time.sleep(5)
        trainer.stop()
    shutil.rmtree(run)
    trainer = Trainer(library, work, "train", training(work, "ImageFolder"), "--data=" + data, "--output=" + run, environment=through(work, data, 100000))
    while not (os.path.exists(os.path.join(work, "counts")) and counted(work)[3] > 1):
        time.sleep(0.02)
    seconds, code = trainer.stop()
    print(f"- SIGTERM while it lists them, 100 ms a call: ended with {code} after {seconds:.2f} s")


def idx(library, work):
    folder = os.path.join(work, "idx")
    os.makedirs(folder, exist_ok=True)
    count, side = 1_000_000, 28
    with open(folder + "/train-images-idx3-ubyte", "wb") as images:
        images.write(struct.pack(">IIII", 0x803, count, side, side))
        for _ in range(count // 1000):
            images.write(os.urandom(1000 * side * side))
    with open(folder + "/train-labels-idx1-ubyte", "wb") as labels:
        labels.write(struct.pack(">II", 0x801, count) + bytes(i % 10 for i in range(count)))
    cpu, wall, peak = Trainer(library, work, "dry-run", training(work, "IDX"), "--data=" + folder, java=["-Xmx512m"]).ended()
    print(f"- dry-run on 784 MB of IDX with -Xmx512m: {cpu:.1f} CPU s, {wall:.1f} s, {peak:.0f} MB at most")
    trainer = Trainer(library, work, "train", training(work, "IDX"), "--data=" + folder, "--output=" + os.path.join(work, "run-idx"), java=["-Xmx512m"])
    cpu, wall, peak = trainer.started()
    print(f"- start of a training on it: {cpu:.1f} CPU s, {wall:.1f} s, {peak:.0f} MB at most, libtorch and the network among them")
    trainer.stop()
    shutil.rmtree(folder)


class Contestant:
    """A process that does the same work again and again, for as long as it is told to."""

    SECONDS = "3"

    def __init__(self, *line):
        self.process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.heard("ready")

    def heard(self, expected=""):
        line = self.process.stdout.readline().strip()
        if not line or not line.startswith(expected):
            sys.exit(f"a contestant ended: {line}")
        return line

    def cpu(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def round(self):
        """Units a second of CPU, which other work on the machine takes less of than of the clock."""
        before = self.cpu()
        print("round", file=self.process.stdin, flush=True)
        units = float(self.heard().split()[1])
        return units / (self.cpu() - before)

    def end(self):
        """MB at most."""
        print("end", file=self.process.stdin, flush=True)
        peak = int(self.heard()) / 1e6
        self.process.wait()
        return peak


def photographs(work):
    """A thousand JPEGs of 500 x 375 in ten classes: as class folders, and the same as ten shards."""
    folder, tars = os.path.join(work, "photographs"), os.path.join(work, "shards")
    if os.path.isdir(tars):
        return folder, tars
    drawn = os.path.join(work, "drawn")
    subprocess.run([sys.executable, os.path.join(ROOT, "benchmarks/trainer/pictures.py"), drawn, "100"], check=True)
    for c in range(10):
        os.makedirs(os.path.join(folder, str(c)))
    os.makedirs(tars)
    for shard in range(10):
        with tarfile.open(os.path.join(tars, f"{shard:06}.tar"), "w") as tar:
            for i in range(100):
                picture, label = os.path.join(drawn, f"{i:03}.jpg"), (shard + i) % 10
                os.link(picture, os.path.join(folder, str(label), f"{shard}-{i:03}.jpg"))
                tar.add(picture, f"{shard}-{i:03}.jpg")
                entry = tarfile.TarInfo(f"{shard}-{i:03}.cls")
                entry.size = len(str(label))
                tar.addfile(entry, io.BytesIO(str(label).encode()))
    return folder, tars


def shards(library, work):
    folder, tars = photographs(work)
    ours = ["java", "-XX:+UseSerialGC", "-cp", library + "/*", "training.fusion.benchmarks.trainer.Ours", "cpu", Contestant.SECONDS, "images"]
    contestants = {
        "ours, class folders": Contestant(*ours, "IMAGE_FOLDER", folder, "224"),
        "ours, shards": Contestant(*ours, "WEB_DATASET", tars, "224"),
        "WebDataset with torchvision": Contestant(sys.executable, os.path.join(ROOT, "benchmarks/trainer/pytorch.py"), "cpu", Contestant.SECONDS, "shards", "eager", tars, "224"),
    }
    for contestant in contestants.values():
        contestant.round()
    rounds = [{name: contestant.round() for name, contestant in contestants.items()} for _ in range(9)]
    print("| 500 × 375 JPEGs to 224 px, one thread | pictures a CPU second, median of 9 | ours, shards / this | MB at most |")
    print("| --- | --- | --- | --- |")
    for name, contestant in contestants.items():
        ratio = statistics.median(r["ours, shards"] / r[name] for r in rounds)
        print(f"| {name} | {statistics.median(r[name] for r in rounds):.0f} | {ratio:.2f} | {contestant.end():.0f} |")


def cache(library, work):
    """What trainings of the same pictures on one machine take for them, the second and third after the first."""
    folder, shared = photographs(work)[0], os.path.join(work, "shared")
    shutil.rmtree(shared, ignore_errors=True)
    os.makedirs(shared)
    for directory, _, names in os.walk(folder):
        for name in names:
            os.utime(os.path.join(directory, name), (1.7e9, 1.7e9))
    time.sleep(11)  # what has changed just now is not shared
    line = ["java", "-cp", os.path.join(ROOT, "trainer-image/target/test-classes") + ":" + library + "/*", "training.fusion.trainer.data.PictureProcess", folder, "224", work, shared, str(1 << 33)]
    done = [subprocess.run(line, capture_output=True, text=True) for _ in range(3)]
    if len({process.stdout for process in done}) != 1 or done[0].returncode:
        sys.exit("not the same pictures: " + done[0].stderr)
    seconds = [float(re.search(r"([\d.]+) CPU seconds", process.stderr)[1]) for process in done]
    first, second, third = seconds
    print(f"- 1,000 JPEGs at 224 px, decoded pictures shared: {first:.2f} CPU s, then {second:.2f} and {third:.2f}; {second / first:.2f} of the first")


def large(library, work):
    """Two classes of seven pictures of 20 to 170 megapixels, in the heap that a limit of 2 GiB leaves."""
    folder = os.path.join(work, "large")
    if not os.path.isdir(folder):
        import numpy
        from PIL import Image

        tile = numpy.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=numpy.uint8)
        for name, width, height, options in [
            ("mp020.jpg", 5472, 3648, {}),
            ("mp050.jpg", 8192, 6144, {}),
            ("mp100.jpg", 11648, 8736, {}),
            ("mp100p.jpg", 11648, 8736, {"progressive": True}),
            ("mp170.jpg", 15000, 11333, {}),
            ("mp050.png", 8192, 6144, {}),
            ("mp100.png", 11648, 8736, {}),
        ]:
            block = numpy.kron(tile, numpy.ones((8, 8, 1), numpy.uint8))
            image = Image.fromarray(numpy.tile(block, (height // 512 + 1, width // 512 + 1, 1))[:height, :width])
            for c in "ab":
                os.makedirs(os.path.join(folder, c), exist_ok=True)
            image.save(os.path.join(folder, "a", name), **options)
            os.link(os.path.join(folder, "a", name), os.path.join(folder, "b", name))
    trainer = Trainer(library, work, "dry-run", training(work, "ImageFolder"), "--data=" + folder, "--decode", java=["-Xmx512m"])
    cpu, wall, peak = trainer.ended()
    print(f"- 14 JPEGs and PNGs of 20 to 170 megapixels decoded with -Xmx512m: {cpu:.1f} CPU s, {wall:.1f} s, {peak:.0f} MB at most")


def classes(library, work, of, numbers):
    """An epoch, its evaluations and its report, with 30,000 pictures in so many classes."""
    print("| classes of 30,000 pictures | an epoch of 160 steps: CPU s / s / MB | metrics.json, bytes | report.html, bytes |")
    print("| --- | --- | --- | --- |")
    file = os.path.join(work, "classes.yaml")
    text = (TRAINING % "ImageFolder").replace("{validation: 0.1, test: 0.1}", "{validation: 0.33, test: 0.33}").replace("batchSize: 8", "batchSize: 64")
    open(file, "w").write(text)
    for number in numbers:
        data = tree(f"{work}/classes-{number}", 30000, number, of)
        run = os.path.join(work, f"run-classes-{number}")
        cpu, wall, peak = Trainer(library, work, "train", file, "--data=" + data, "--output=" + run).ended()
        print(f"| {number:,} | {cpu:.0f} / {wall:.0f} / {peak:.0f} | {written(run, 'metrics.json'):,} | {written(run, 'report.html'):,} |", flush=True)


def main():
    asked = options()
    library, work, only = os.path.abspath(asked.library), os.path.abspath(asked.work), asked.only.split(",")
    os.makedirs(work, exist_ok=True)
    for run in glob.glob(work + "/run-*"):
        shutil.rmtree(run)
    of = seeds(work + "/seeds")
    trees = {n: tree(f"{work}/tree-{n}", n, min(1000, max(10, n // 100)), of) for n in map(int, asked.files.split(","))}
    if "growth" in only:
        growth(library, work, trees)
        print()
    if "calls" in only:
        calls(library, work, max(trees), trees[max(trees)])
    if "slow" in only and 100000 in trees:
        slow(library, work, 100000, trees[100000])
    if "idx" in only:
        idx(library, work)
    if "shards" in only:
        shards(library, work)
        print()
    if "cache" in only:
        cache(library, work)
    if "large" in only:
        large(library, work)
    if "classes" in only:
        classes(library, work, of, map(int, asked.classes.split(",")))


main()
