"""How long a step takes, what it holds, how many kernels it has, and how long the device waits for them."""

import json
import os
import statistics
import tempfile
import time

import torch

KERNELS = ("kernel", "gpu_memcpy", "gpu_memset")


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def forget_peak(device):
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    else:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")


def held(device, line="VmHWM:"):
    """Bytes that were held at most since then; on a CPU the whole process."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    with open("/proc/self/status") as status:
        return next(int(text.split()[1]) * 1024 for text in status if text.startswith(line))


def timed(training, pictures, labels, device, turns=3, seconds=1.5, warm=3):
    """Milliseconds of a step: the median of turns. As the trainer does, a step's figures are read during the next."""

    def turn(least, count):
        wait(device)
        start, steps, pending = time.perf_counter(), 0, None
        while steps < count or time.perf_counter() - start < least:
            now = training.step(pictures, labels)
            if pending is not None:
                pending.tolist()
            pending, steps = now, steps + 1
        pending.tolist()
        wait(device)
        return (time.perf_counter() - start) / steps * 1000

    turn(0, warm)
    return statistics.median(turn(seconds, 2) for _ in range(turns))


def gaps(training, pictures, labels, device, steps=3):
    """Kernels of a step and the share of the time in which none runs; on a CPU its operators, and no share."""
    from torch.profiler import ProfilerActivity, profile

    activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if device == "cuda" else [])
    with profile(activities=activities) as recorded:
        for _ in range(steps):
            training.step(pictures, labels)
        wait(device)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "trace.json")
        recorded.export_chrome_trace(file)
        with open(file) as trace:
            events = [e for e in json.load(trace)["traceEvents"] if e.get("ph") == "X"]
    if device != "cuda":
        return sum(e.get("cat") == "cpu_op" for e in events) // steps, None
    spans = sorted((e["ts"], e["ts"] + e["dur"]) for e in events if e.get("cat") in KERNELS)
    if not spans:
        return 0, None
    busy, end = 0.0, spans[0][0]
    for first, last in spans:
        busy += max(0.0, last - max(first, end))
        end = max(end, last)
    return len(spans) // steps, 1 - busy / (end - spans[0][0])
