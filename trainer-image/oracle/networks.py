"""Golden figures of every network, from torchvision and timm in fp64: networks.py FILE [NAME...]. See README.md.

Of each network, at two sizes: logits, loss, and of each block's gradients (matrices and vectors apart) the norm and
projections onto random signs; what PyTorch's own fp32 and autocast's bf16 differ by; probabilities of stochastic depth.
"""
import json
import math
import pathlib
import re
import sys
import warnings
from typing import Callable, NamedTuple

import numpy as np
import timm
import torch
import torch.nn.functional as F
import torchvision

from golden import BUFFERS, CLASSES, IMAGES, short, u

PROJECTIONS, BATCH, DEPTH = 4, 4, 0.3
SIGNS = 20000
NORMS = (torch.nn.BatchNorm2d, torch.nn.LayerNorm)
tv = torchvision.models


class Family(NamedTuple):
    gain: float  # of matrices and convolutions: logits of order one that the input moves
    block: Callable  # of a parameter's name in torchvision's scheme
    sizes: tuple  # in pixels, the second one odd


def features(blocks):
    return lambda name: int(name.split(".")[1]) if name.startswith("features") else blocks


def encoders(count):
    def block(name):
        found = re.search(r"encoder_layer_(\d+)", name)
        return int(found[1]) if found else 0 if re.match("class_token|conv_proj|encoder.pos", name) else count - 1 if name.startswith("encoder.ln") else count

    return block


def layers(name):
    return int(name[5]) if name.startswith("layer") else 5 if name.startswith("fc") else 0


def stages(name):
    part = int(name.split(".")[1]) if name.startswith("features") else 8
    return (part + 2) // 2 if part else 0


def swin_stages(name):
    return 4 if name.startswith("norm") else stages(name)


def dense(name):
    part = name.split(".")[1]
    if name.startswith("classifier"):
        return 8
    return 7 if part == "norm5" else 0 if part in ("conv0", "norm0") else 2 * int(part[-1]) - (0 if part.startswith("transition") else 1)


def vit(patch, width, depth, heads):
    """Whole patches only: the model is made for them, and sees those pixels."""
    def make(pixels, p):
        whole = pixels // patch * patch
        return tv.VisionTransformer(whole, patch, depth, heads, width, 4 * width, num_classes=CLASSES)

    return make, Family(1.0, encoders(depth), (2 * patch, 2 * patch + 13))


def deit(name, width):
    def make(pixels, p):
        return timm.create_model(name, num_classes=CLASSES, img_size=pixels // 16 * 16, drop_path_rate=p)

    return make, Family(1.0, encoders(12), (32, 45))


EFFICIENTNET = lambda blocks, gain: Family(gain, features(blocks), (64, 57))
RESNET = Family(1.0, layers, (64, 57))
CONVNEXT = Family(1.0, stages, (64, 57))
SWIN = Family(1.0, swin_stages, (64, 57))
DENSENET = Family(1.4, dense, (64, 57))


def plain(make):
    return lambda pixels, p: make(num_classes=CLASSES)


def deep(make, **more):
    return lambda pixels, p: make(num_classes=CLASSES, stochastic_depth_prob=p, **more)


NETWORKS = {
    "EfficientNetV2-S": (deep(tv.efficientnet_v2_s, dropout=0.0), EFFICIENTNET(8, 1.2)),
    "EfficientNetV2-M": (deep(tv.efficientnet_v2_m, dropout=0.0), EFFICIENTNET(9, 1.15)),
    "EfficientNetV2-L": (deep(tv.efficientnet_v2_l, dropout=0.0), EFFICIENTNET(9, 1.1)),
    "ViT-B-16": vit(16, 768, 12, 12),
    "ViT-B-32": vit(32, 768, 12, 12),
    "ViT-L-16": vit(16, 1024, 24, 16),
    "DeiT-Ti-16": deit("deit_tiny_patch16_224", 192),
    "DeiT-S-16": deit("deit_small_patch16_224", 384),
    "ResNet-18": (plain(tv.resnet18), RESNET),
    "ResNet-34": (plain(tv.resnet34), RESNET),
    "ResNet-50": (plain(tv.resnet50), RESNET),
    "ResNet-101": (plain(tv.resnet101), RESNET),
    "ConvNeXt-Tiny": (deep(tv.convnext_tiny), CONVNEXT),
    "ConvNeXt-Base": (deep(tv.convnext_base), CONVNEXT),
    "DenseNet-169": (plain(tv.densenet169), DENSENET),
    "Swin-T": (deep(tv.SwinTransformer, patch_size=[4, 4], embed_dim=96, depths=[2, 2, 6, 2], num_heads=[3, 6, 12, 24], window_size=[7, 7]), SWIN),
}
PATCHES = {"ViT-B-32": 32}


def scheme(model):
    """torchvision's names in torchvision's order, of a model's parameters."""
    named = dict(model.named_parameters())
    if "cls_token" not in named:
        return named
    order = {"class_token": "cls_token", "conv_proj.weight": "patch_embed.proj.weight", "conv_proj.bias": "patch_embed.proj.bias", "encoder.pos_embedding": "pos_embed"}
    out = {ours: named[theirs] for ours, theirs in order.items()}
    rename = {"norm1": "ln_1", "attn.qkv": "self_attention.in_proj", "attn.proj": "self_attention.out_proj", "norm2": "ln_2", "mlp.fc1": "mlp.0", "mlp.fc2": "mlp.3"}
    for name, p in named.items():
        if name in order.values():
            continue
        if found := re.fullmatch(r"blocks\.(\d+)\.(.*)\.(weight|bias)", name):
            part = rename[found[2]]
            out[f"encoder.layers.encoder_layer_{found[1]}.{part}{'_' if 'in_proj' in part else '.'}{found[3]}"] = p
        else:
            out[re.sub("^norm", "encoder.ln", name).replace("head", "heads.head")] = p
    return out


def fill(model, gain):
    norms = {id(p) for m in model.modules() if isinstance(m, NORMS) for p in (m.weight,)}
    with torch.no_grad():
        for k, (name, p) in enumerate(scheme(model).items()):
            if id(p) in norms:
                values = 1 + 0.1 * u(k, p.numel())
            elif name.endswith("layer_scale"):
                values = 0.3 * u(k, p.numel())
            elif p.dim() >= 2 and not name.endswith(("_token", "pos_embedding", "bias_table")):
                values = np.float32(gain * math.sqrt(3 / p[0].numel())) * u(k, p.numel())
            else:
                values = 0.1 * u(k, p.numel())
            p.copy_(torch.from_numpy(values.astype(np.float32).reshape(p.shape)))
        for k, (name, b) in enumerate(model.named_buffers()):
            if name.endswith("running_mean"):
                b.copy_(torch.from_numpy((0.1 * u(BUFFERS + k, b.numel())).astype(np.float32)))
            elif name.endswith("running_var"):
                b.copy_(torch.from_numpy((1 + 0.3 * u(BUFFERS + k, b.numel())).astype(np.float32)))
    return model


def batch(name, pixels, dtype):
    shape = (BATCH, 3, pixels, pixels)
    images = torch.from_numpy(u(IMAGES, math.prod(shape)).astype(np.float32).reshape(shape)).to(dtype)
    if name.startswith(("ViT", "DeiT")):
        patch = PATCHES.get(name, 16)
        images = images[:, :, : pixels // patch * patch, : pixels // patch * patch]
    return images, torch.tensor([(3 * i + 1) % CLASSES for i in range(BATCH)])


SIGN_CACHE = {}


def sketch(tensors):
    """Projections of tensors together, each onto the same signs."""
    out = []
    for j in range(PROJECTIONS):
        longest = max(len(t) for t in tensors)
        if j not in SIGN_CACHE or len(SIGN_CACHE[j]) < longest:
            SIGN_CACHE[j] = np.where(u(SIGNS + j, longest) >= 0, 1.0, -1.0)
        out.append(nine(sum(float(t @ SIGN_CACHE[j][: len(t)]) for t in tensors)))
    return out


def nine(value):
    return float(f"{value:.9g}")


def grouped(name, named, block):
    """Gradients by block and kind; the sums hide no tensor that is zero in theory."""
    groups = {}
    for key, value in named.items():
        groups.setdefault(f"{block(key)} {'matrices' if value.ndim > 1 else 'vectors'}", []).append(value.double().numpy().ravel())
    return groups


def difference(ours, reference):
    out = {}
    for key, tensors in reference.items():
        norm = math.sqrt(sum(float(np.sum(t * t)) for t in tensors))
        out[key] = math.sqrt(sum(float(np.sum((a - b) ** 2)) for a, b in zip(ours[key], tensors))) / norm
    return out


def run(name, pixels, mode, dtype, autocast=False, memory_format=torch.contiguous_format):
    make, family = NETWORKS[name]
    model = fill(make(pixels, 0.0), family.gain).to(dtype, memory_format=memory_format).train(mode == "train")
    images, labels = batch(name, pixels, dtype)
    images = images.to(memory_format=memory_format)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast), torch.set_grad_enabled(mode == "train"):
        logits = model(images).to(dtype)
    loss = F.cross_entropy(logits, labels)
    gradients = {}
    if mode == "train":
        loss.backward()
        gradients = grouped(name, {n: p.grad for n, p in scheme(model).items()}, family.block)
    buffers = [b.double().numpy().ravel() for n, b in model.named_buffers() if n.endswith(("running_mean", "running_var"))]
    return logits.detach().double(), loss.item(), gradients, {"statistics": buffers} if buffers else {}


def compared(ours, exact):
    logits, loss, gradients, buffers = ours
    out = {"logits": short3((logits - exact[0]).abs().max().item()), "loss": short3(abs(loss - exact[1]) / exact[1])}
    if gradients:
        each = difference(gradients, exact[2])
        out["gradients"] = short3(max(each.values()))
        whole = [np.concatenate(v) for v in exact[2].values()]
        out["whole"] = short3(math.sqrt(sum(float(np.sum((np.concatenate(gradients[k]) - w) ** 2)) for k, w in zip(exact[2], whole)) / sum(float(np.sum(w * w)) for w in whole)))
    if buffers:
        out["statistics"] = short3(max(difference(buffers, exact[3]).values()))
    return out


def single(name, pixels, mode, exact):
    """The larger difference of PyTorch's fp32 in its two memory formats: a ReLU whose input is next to nothing may fall to
    either side, and then gradients are a hundredth off, not a hundred-thousandth."""
    both = [compared(run(name, pixels, mode, torch.float32, memory_format=f), exact) for f in (torch.contiguous_format, torch.channels_last)]
    return {key: max(figures[key] for figures in both) for key in both[0]}


def short3(value):
    return float(f"{value:.3g}")


def depths(name):
    """The probability of each branch that is dropped, in order, where the last has DEPTH."""
    make, family = NETWORKS[name]
    model = make(family.sizes[0], DEPTH)
    if name.startswith("DeiT") or name.startswith("ViT"):  # torchvision's has none: timm's rule, of as many encoders
        depth = len([n for n in scheme(model) if n.endswith("ln_1.weight")])
        model = timm.models.vision_transformer.VisionTransformer(img_size=32, embed_dim=192, depth=depth, num_heads=3, num_classes=CLASSES, drop_path_rate=DEPTH)
        return [short(getattr(p, "drop_prob", 0.0)) for b in model.blocks for p in (b.drop_path1, b.drop_path2)]
    probabilities = {n: m.p for n, m in model.named_modules() if isinstance(m, torchvision.ops.StochasticDepth)}
    if name == "Swin-T":
        return [short(p) for p in probabilities.values() for _ in range(2)]
    if name.startswith("EfficientNet"):  # only where there is a shortcut
        probabilities = {n: p for n, p in probabilities.items() if model.get_submodule(n.removesuffix(".stochastic_depth")).use_res_connect}
    return [short(p) for p in probabilities.values()]


def fixture(name):
    make, family = NETWORKS[name]
    out = {"gain": family.gain, "parameters": {}, "depths": depths(name), "sizes": {}}
    for key, p in scheme(make(family.sizes[0], 0.0)).items():
        block = str(family.block(key))
        out["parameters"][block] = out["parameters"].get(block, 0) + p.numel()
    for pixels in family.sizes:
        one = out["sizes"][str(pixels)] = {}
        for mode in ("eval", "train"):
            exact = run(name, pixels, mode, torch.float64)
            figures = one[mode] = {
                "logits": [[nine(v) for v in row] for row in exact[0].tolist()],
                "loss": nine(exact[1]),
                "fp32": single(name, pixels, mode, exact),
                "bf16": compared(run(name, pixels, mode, torch.float32, autocast=True), exact),
            }
            if mode == "train":
                figures["gradients"] = {k: {"norm": nine(math.sqrt(sum(float(np.sum(t * t)) for t in v))), "sketch": sketch(v)} for k, v in exact[2].items()}
                figures["statistics"] = {k: {"norm": nine(math.sqrt(sum(float(np.sum(t * t)) for t in v))), "sketch": sketch(v)} for k, v in exact[3].items()}
            print(name, pixels, mode, "logits up to", short3(exact[0].abs().max().item()), "between images", short3((exact[0][0] - exact[0][1]).abs().max().item()), figures["fp32"], figures["bf16"], flush=True)
    return out


if __name__ == "__main__":
    torch.set_num_threads(2)
    warnings.simplefilter("ignore")
    file = pathlib.Path(sys.argv[1])
    known = json.loads(file.read_text())["networks"] if file.exists() else {}
    for name in sys.argv[2:] or NETWORKS:
        known[name] = fixture(name)
    versions = {m.__name__: m.__version__ for m in (torch, torchvision, timm)}
    networks = ",\n".join(f"{json.dumps(n)}:{json.dumps(known[n], separators=(',', ':'))}" for n in NETWORKS if n in known)
    file.write_text(f'{{"versions":{json.dumps(versions)},"batch":{BATCH},"depth":{DEPTH},"networks":{{\n{networks}\n}}}}\n')
    print(file, file.stat().st_size, "bytes")
