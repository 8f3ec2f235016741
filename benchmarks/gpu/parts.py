"""What is tried, part by part. Each part is a generator of rows; a row that fails says why, and the next one follows."""

import math
import warnings

import torch
import torch.utils.deterministic

import measures
from peers import Graph, Peer
from programs import Network, Training, Update, as_java, batch, hashed, state

MAIN = ("EfficientNetV2-S", "ViT-B-16")
LIGHT = ("ResNet-18", "DeiT-Ti-16")  # in their place where all is small
GRADIENTS, STEPS, REFUSED = 5000, 3, 15


class Context:
    def __init__(self, carried, device, small, only):
        self.carried, self.device, self.small, self.only = carried, device, small, only

    def networks(self, main, small):
        """The main networks, or all others, the lighter ones first."""
        names = LIGHT if self.small else MAIN
        chosen = [n for n in self.carried.networks(small) if (n["name"] in names) == main and self.only.search(n["name"])]
        return sorted(chosen, key=lambda n: n["precisions"]["BF16"]["fixedBytes"])

    @property
    def cuda(self):
        return self.device == "cuda"


def switches(precision="FP32", deterministic=False):
    """As LibtorchContext sets them in the trainer."""
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = precision == "TF32"
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = not deterministic
    torch.use_deterministic_algorithms(deterministic, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False


def guarded(row, work):
    """The row with what the work adds; or with the reason why there is nothing."""
    try:
        row.update(work())
    except Exception as e:  # noqa: BLE001: the next row is tried all the same
        row["error"] = f"{type(e).__name__}: {str(e).strip().splitlines()[0] if str(e).strip() else ''}"[:300]
    return row


def machine(context):
    import platform

    row = {"torch": torch.__version__, "python": platform.python_version(), "system": platform.platform()}
    row["processor"], row["threads"] = processor(), torch.get_num_threads()
    if context.cuda:
        properties = torch.cuda.get_device_properties(0)
        row["device"] = properties.name
        row["capability"] = f"{properties.major}.{properties.minor}"
        row["MiB"] = properties.total_memory >> 20
        row["cuda"], row["cudnn"] = torch.version.cuda, torch.backends.cudnn.version()
        row["built for"] = " ".join(torch.cuda.get_arch_list())
    try:
        import torchvision

        row["torchvision"] = torchvision.__version__
    except ImportError:
        row["torchvision"] = "none: no peers"
    yield row


def processor():
    with open("/proc/cpuinfo") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "?")


def relative(ours, reference):
    difference = sum((a.double().cpu() - b.double().cpu()).square().sum().item() for a, b in zip(ours, reference))
    return math.sqrt(difference / sum(b.double().square().sum().item() for b in reference))


def against_cpu(context, main):
    """Loss, gradients and evaluation on the device against our FP32 on the CPU, and that against Java's."""
    for node in context.networks(main, small=True):
        switches(deterministic=True)
        pictures, labels = batch(node)
        cpu = Network(context.carried, node, "FP32", "cpu")
        logits, summed = cpu.evaluate(pictures, labels)
        loss, _, _, gradients = cpu.forward(pictures, labels)
        java = node["java"]["FP32"]
        same = "same bits" if [summed.item(), loss.item()] == [java["evaluated"], java["losses"][0]] else f"{abs(loss.item() / java['losses'][0] - 1):.1e}"

        def compared(other, others_gradients):
            def work():
                there, _ = other.evaluate(pictures.to(context.device), labels.to(context.device))
                out = other.forward(pictures.to(context.device), labels.to(context.device))
                return {
                    "loss": abs(out[0].item() / loss.item() - 1),
                    "gradients": relative(others_gradients(out), gradients),
                    "logits": (there.float().cpu() - logits).abs().max().item(),
                }

            return work

        for precision in ("FP32", "TF32", "BF16") if context.cuda else ("FP32", "BF16"):
            switches(precision, deterministic=True)
            row = {"network": node["name"], "precision": precision, "who": "ours", "CPU against Java": same}
            ours = lambda: compared(Network(context.carried, node, precision, context.device), lambda out: out[3])()
            yield guarded(row, ours)

            def theirs():
                peer = Peer(node, precision, context.device)
                return compared(peer, lambda _: peer.gradients())()

            yield guarded({"network": node["name"], "precision": precision, "who": "PyTorch"}, theirs)


def agreement(context):
    yield from against_cpu(context, main=True)


def other_networks(context):
    yield from against_cpu(context, main=False)


def measured(context, node, make, profile=True):
    def work():
        pictures, labels = batch(node)
        measures.forget_peak(context.device)
        training = make(pictures, labels)
        turns = {"turns": 3, "seconds": 0.3, "warm": 1} if context.small else {"seconds": 1.0}
        ms = measures.timed(training, pictures, labels, context.device, **turns)
        row = {"ms": ms, "images/s": node["batch"] / ms * 1000, "peak MiB": measures.held(context.device) >> 20}
        if profile:
            row["kernels"], row["idle"] = measures.gaps(training, pictures, labels, context.device)
        return row

    return work


def precisions(context):
    return ("BF16", "TF32") if context.cuda else ("FP32",)


def speed(context):
    """A whole step, bytes in, of ours and of PyTorch in eager mode."""
    for precision in precisions(context):
        for node in context.networks(True, context.small):
            switches(precision)
            row = {"network": node["name"], "precision": precision, "batch": node["batch"], "pixels": node["pixels"]}
            theirs = lambda *_: Peer(node, precision, context.device)
            ours = lambda *_: Training(context.carried, node, precision, context.device)
            yield guarded(row | {"who": "PyTorch, eager"}, measured(context, node, theirs))
            yield guarded(row | {"who": "ours"}, measured(context, node, ours))


def compiled(context):
    """What launches cost: graphs of both sides, and torch.compile."""
    for node in context.networks(True, context.small):
        precision = precisions(context)[0]
        switches(precision)
        row = {"network": node["name"], "precision": precision, "batch": node["batch"], "pixels": node["pixels"]}
        if context.cuda:
            theirs = lambda p, l: Graph(Peer(node, precision, "cuda", capturable=True), p, l)
            ours = lambda p, l: Graph(Training(context.carried, node, precision, "cuda"), p, l)
            yield guarded(row | {"who": "PyTorch, CUDA graph"}, measured(context, node, theirs))
            yield guarded(row | {"who": "ours, CUDA graph"}, measured(context, node, ours))
        made = lambda *_: Peer(node, precision, context.device, compiled={})
        yield guarded(row | {"who": "torch.compile"}, measured(context, node, made))
        if context.cuda:
            reduced = lambda *_: Peer(node, precision, "cuda", compiled={"mode": "reduce-overhead"})
            yield guarded(row | {"who": "torch.compile, reduce-overhead"}, measured(context, node, reduced))


def other_speeds(context):
    """The other networks, one after the other, as long as there is time."""
    for node in context.networks(False, context.small):
        precision = precisions(context)[0]
        switches(precision)
        row = {"network": node["name"], "precision": precision, "batch": node["batch"], "pixels": node["pixels"]}
        theirs = lambda *_: Peer(node, precision, context.device)
        ours = lambda *_: Training(context.carried, node, precision, context.device)
        yield guarded(row | {"who": "PyTorch, eager"}, measured(context, node, theirs, profile=False))
        yield guarded(row | {"who": "ours"}, measured(context, node, ours, profile=False))


def bits(tensors):
    return [t.detach().clone() for t in tensors]


def same(one, other):
    """Bit for bit: a number that is none equals itself."""
    return all(torch.equal(a.contiguous().view(torch.uint8), b.contiguous().view(torch.uint8)) for a, b in zip(one, other))


def viewable(tensors):
    return [t.detach().reshape(-1).clone() for t in tensors]


def repeatability(context):
    """The same three steps twice, with the switches that training.deterministic sets, and without."""
    for node in context.networks(True, context.small):
        precision = precisions(context)[0]
        pictures, labels = batch(node)
        for deterministic in (True, False):
            switches(precision, deterministic)

            def work():
                ends = []
                for _ in range(2):
                    training = Training(context.carried, node, precision, context.device)
                    for _ in range(STEPS):
                        out = training.step(pictures, labels)
                    ends.append([out.cpu(), *viewable(training.tensors())])
                ms = measures.timed(training, pictures, labels, context.device, turns=1, seconds=0.3 if context.small else 1)
                return {"repeats": "same bits" if same(*ends) else "differs", "ms": ms}

            row = {"network": node["name"], "precision": precision, "switches": "deterministic" if deterministic else "fast"}
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                row = guarded(row, work)
            told = sorted({str(w.message).split(" does not have")[0][:120] for w in caught if "determinis" in str(w.message)})
            yield row | {"told": "; ".join(told) or "–"}


def not_finite(context):
    """A step whose loss is not finite changes nothing; the next one does."""
    for node in context.networks(True, True):
        pictures, labels = batch(node)

        def work():
            training = Training(context.carried, node, "FP32", context.device)
            training.step(pictures, labels)
            before, norm = viewable(training.tensors()), training.network.norm
            statistics = bits(training.network.buffers)
            training.network.norm = torch.full_like(norm, float("nan"))
            finite, loss = training.step(pictures, labels).tolist()[:2]
            kept = same(before, viewable(training.tensors()))
            training.network.norm, training.network.buffers = norm, statistics
            after = training.step(pictures, labels).tolist()[0]
            return {"loss": str(loss), "told as": "not finite" if finite == 0 else "finite", "weights and state": "kept" if kept else "CHANGED", "next step": "finite" if after == 1 else "NOT FINITE"}

        switches()
        yield guarded({"network": node["name"]}, work)


def rules(context):
    """Every rule's program on the device against the CPU: three steps from the same gradients, then one that is not finite."""
    node = context.carried.network(context.carried.manifest["networkOfRules"], True)
    weights = state(node, "cpu")
    slopes = [hashed(GRADIENTS + k, 0.0, 0.01, w.numel(), "cpu").reshape(w.shape) for k, w in enumerate(list(weights.values())[: len(node["parameters"])])]
    switches()
    for rule in context.carried.manifest["rules"]:

        def ends(device):
            parameters = [weights[spec["name"]].to(device, copy=True) for spec in node["parameters"]]
            update = Update(context.carried, node, rule, parameters)
            gradients = [slope.to(device) for slope in slopes]
            loss, correct = torch.ones((), device=device), torch.zeros((), dtype=torch.int64, device=device)
            for step in range(1, STEPS + 1):
                update.step(loss, correct, gradients, step)
            moved = [p - weights[s["name"]].to(device) for p, s in zip(parameters, node["parameters"])]
            before = viewable([*parameters, *update.state()])
            gradients[REFUSED] = gradients[REFUSED] * float("inf")
            update.step(loss, correct, gradients, STEPS + 1)
            return moved, same(before, viewable([*parameters, *update.state()]))

        def work():
            cpu, kept = ends("cpu")
            here = cpu
            if context.cuda:
                here, kept = ends(context.device)
            return {"change": relative(here, cpu), "not finite": "kept" if kept else "CHANGED"}

        yield guarded({"rule": rule["name"]}, work)


def micro_batch(context):
    """The largest micro-batch whose step fits into some memory, against the trainer's estimate for that much."""
    for node in context.networks(True, context.small):
        precision = precisions(context)[0]
        switches(precision)
        torch.backends.cudnn.benchmark = False  # it would look for the fastest kernels of every size
        memory = node["precisions"]["BF16" if precision == "BF16" else "FP32"]
        room = (256 << 20) + memory["fixedBytes"] if context.small else 24 << 30
        estimate = max(0, (room - memory["fixedBytes"]) // memory["bytesPerImage"])

        def work():
            measures.forget_peak(context.device)
            start = 0 if context.cuda else measures.held("cpu", "VmRSS:")
            training = Training(context.carried, node, precision, context.device)
            pictures, labels = batch(node, images=1)

            def fits(images):
                measures.forget_peak(context.device)
                try:
                    training.step(pictures.expand(images, -1, -1, -1), labels.expand(images)).tolist()
                except torch.cuda.OutOfMemoryError:
                    return False
                return measures.held(context.device) - start <= room

            low, high = 2, max(4, int(estimate))
            while fits(high):
                low, high = high, high * 2
            while high - low > max(1, low // 16):
                middle = (low + high) // 2
                low, high = (middle, high) if fits(middle) else (low, middle)
            return {"fit": low, "estimate": int(estimate), "share": estimate / low}

        yield guarded({"network": node["name"], "precision": precision, "GiB": round(room / 2**30, 1)}, work)


def accepted(context):
    """Does this torch take all the programs? Those with all that a training may ask for compute a step, too."""
    files = sorted(context.carried.folder.glob("*.pt"))
    refused, told = [], set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for file in files:
            try:
                context.carried.program(file.name)
            except Exception as e:  # noqa: BLE001: all are to be named
                refused.append(f"{file.name}: {str(e).strip().splitlines()[0][:120]}")
        told.update(str(w.message)[:160] for w in caught)
    yield {"programs": "all archives", "loaded": f"{len(files) - len(refused)} of {len(files)}", "refused": "; ".join(refused) or "–", "told": "; ".join(sorted(told)) or "–"}
    for node in context.carried.manifest["variants"]:

        def work():
            network = Network(context.carried, node, "FP32", context.device)
            pictures, labels = (t.to(context.device) for t in batch(node | {"pixels": node["stored"]}))
            weights = torch.ones(node["classes"], device=context.device)
            erased = torch.tensor([[2, 3, 20, 30]] * node["batch"], device=context.device)
            mixed = torch.tensor([0.7, 0.3, 0, 0, 0, 0, 0.7, 0.3], device=context.device)
            torch.manual_seed(1)
            with as_java(True):
                out = network.program.forward(network.read + network.buffers, pictures, labels, network.norm, weights, erased, mixed)
            return {"loaded": f"a step: loss {out[0].item():.4f}, {len(out) - 3} gradients"}

        yield guarded({"programs": node["name"] + " with all that a training may ask for"}, work)
