"""Fixtures of pretrained weights, and the comparison of whole files. See README.md.

  weights.py fixtures FOLDER   names and shapes of each publisher, logits of hashed weights; small files of torch.save
  weights.py save FOLDER       random weights of each publisher as .pth and safetensors, with their logits
  weights.py compare FOLDER    a model trained here, in torchvision, timm and torch.jit: FOLDER has model.safetensors,
                               model.torchscript.pt, and logits.json of both as computed here
"""
import io
import json
import math
import pathlib
import pickle
import sys
import tempfile
import zipfile
from collections import OrderedDict

import numpy as np
import safetensors.torch
import timm
import torch
import torchvision
import transformers

from golden import short, u

CLASSES, PIXELS, IMAGES = 10, 64, 2


def vit_config(classes=CLASSES, **more):
    return transformers.ViTConfig(num_labels=classes, **more)


def transformers_vit(state, pixels, classes, epsilon):
    """A ViT of transformers with the weights of a model trained here."""
    names = {"class_token": "vit.embeddings.cls_token", "encoder.pos_embedding": "vit.embeddings.position_embeddings", "heads.head": "classifier",
             "conv_proj": "vit.embeddings.patch_embeddings.projection", "encoder.ln": "vit.layernorm", "ln_1": "layernorm_before", "ln_2": "layernorm_after",
             "self_attention.out_proj": "attention.output.dense", "mlp.0": "intermediate.dense", "mlp.3": "output.dense"}
    theirs = {}
    for name, value in state.items():
        if "in_proj_" in name:
            layer, kind = name.split(".")[2].removeprefix("encoder_layer_"), name.rsplit("_", 1)[1]
            for part, third in zip(("query", "key", "value"), value.chunk(3)):
                theirs[f"vit.encoder.layer.{layer}.attention.attention.{part}.{kind}"] = third.contiguous()
            continue
        own, layer = name, ""
        if "encoder_layer_" in name:
            layer, own = name.removeprefix("encoder.layers.encoder_layer_").split(".", 1)
            layer = f"vit.encoder.layer.{layer}."
        stem = own if own in names else own.rsplit(".", 1)[0]
        theirs[layer + names[stem] + own[len(stem):]] = value
    model = from_saved(theirs, vit_config(classes, image_size=pixels, layer_norm_eps=epsilon))
    return lambda images: model(images).logits


def sources():
    """Name -> (architecture, variant, model for its own size, logits of images by that library)."""
    tv, plain = torchvision.models, lambda model: lambda images: model(images)
    out = {}

    def add(name, architecture, variant, model, logits=None):
        out[name] = (architecture, variant, model.eval(), logits or plain(model))

    add("torchvision-efficientnet_v2_s", "EfficientNetV2-S", "Torchvision", tv.efficientnet_v2_s(num_classes=CLASSES))
    add("timm-tf_efficientnetv2_s", "EfficientNetV2-S", "TimmTf", timm.create_model("tf_efficientnetv2_s", num_classes=CLASSES))
    add("timm-efficientnetv2_s", "EfficientNetV2-S", "Timm", timm.create_model("efficientnetv2_s", num_classes=CLASSES))
    vit = tv.vit_b_16(num_classes=CLASSES)
    add("torchvision-vit_b_16", "ViT-B-16", "Torchvision", vit, lambda images: torchvision_vit(vit, images))
    small = timm.create_model("vit_base_patch16_224", num_classes=CLASSES)
    add("timm-vit_base_patch16_224", "ViT-B-16", "Timm", small, lambda images: timm_vit(small, images))
    hf = transformers.ViTForImageClassification(vit_config())
    add("transformers-vit-in-memory", "ViT-B-16", "HuggingFace", hf, lambda images: hf(images, interpolate_pos_encoding=True).logits)
    return out


def saved(model):
    """A transformers model's tensors under the names that save_pretrained writes: since 5.0 others than in memory."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return safetensors.torch.load_file(f"{folder}/model.safetensors")


def from_saved(state, config):
    """The model that from_pretrained makes of tensors under those names."""
    with tempfile.TemporaryDirectory() as folder:
        config.architectures = ["ViTForImageClassification"]
        config.save_pretrained(folder)
        safetensors.torch.save_file(state, f"{folder}/model.safetensors", {"format": "pt"})
        return transformers.ViTForImageClassification.from_pretrained(folder).eval()


def torchvision_vit(model, images):
    """As torchvision's users do it: interpolate_embeddings, then a model of that size."""
    from torchvision.models.vision_transformer import interpolate_embeddings

    pixels = images.shape[-1]
    if pixels == 224:
        return model(images)
    small = torchvision.models.VisionTransformer(pixels, 16, 12, 12, 768, 3072, num_classes=CLASSES).eval().to(images.dtype)
    small.load_state_dict(interpolate_embeddings(pixels, 16, OrderedDict(model.state_dict())))
    return small(images)


def timm_vit(model, images):
    """As timm's users do it: a model of that size, and the filter that its loading of checkpoints applies."""
    from timm.models.vision_transformer import checkpoint_filter_fn

    small = timm.create_model("vit_base_patch16_224", num_classes=CLASSES, img_size=images.shape[-1]).eval().to(images.dtype)
    small.load_state_dict(checkpoint_filter_fn(model.state_dict(), small))
    return small(images)


def randomize(model):
    """Every tensor by torch's generator: what a library leaves at zero or one would hide a mix-up."""
    norms = {n for n, m in model.named_modules() if "Norm" in type(m).__name__}
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.rsplit(".", 1)[0] in norms:
                p.copy_((1.0 if name.endswith("weight") else 0.0) + 0.1 * torch.randn(p.shape))
            elif p.dim() >= 2 and "embed" not in name and "token" not in name:
                p.copy_(torch.randn(p.shape) * 1.2 / math.sqrt(p[0].numel()))
            else:
                p.copy_(0.1 * torch.randn(p.shape))
        for name, b in model.named_buffers():
            if name.endswith("running_mean"):
                b.copy_(0.1 * torch.randn(b.shape))
            elif name.endswith("running_var"):
                b.copy_(1 + 0.3 * torch.rand(b.shape))


def kind(name, tensor, norms):
    """How the tests fill a tensor, in a word."""
    if name.endswith("num_batches_tracked"):
        return "counter"
    if name.endswith("running_mean"):
        return "mean"
    if name.endswith("running_var"):
        return "variance"
    if name.rsplit(".", 1)[0] in norms:
        return "scale" if name.endswith("weight") else "small"
    embedding = "embed" in name.rsplit(".", 1)[-1] or "token" in name
    return "matrix" if tensor.dim() >= 2 and not embedding else "small"


def hashed(kind, k, shape):
    n = int(np.prod(shape)) if shape else 1
    fan_in = n // shape[0] if shape else 1
    return {
        "counter": lambda: np.full(n, 7.0),
        "mean": lambda: 0.1 * u(k, n),
        "variance": lambda: 1 + 0.3 * u(k, n),
        "scale": lambda: 1 + 0.1 * u(k, n),
        "small": lambda: 0.1 * u(k, n),
        "matrix": lambda: np.float32(1.2 * math.sqrt(3 / fan_in)) * u(k, n),
    }[kind]().astype(np.float32).reshape(shape)


def images(dtype, pixels=PIXELS):
    values = u(9001, IMAGES * 3 * pixels * pixels).astype(np.float32)
    return torch.from_numpy(values.reshape(IMAGES, 3, pixels, pixels)).to(dtype)


def rows(logits):
    return [[short(v) for v in row] for row in logits.double().tolist()]


def fixtures(folder):
    for name, (architecture, variant, model, logits) in sources().items():
        norms = {n for n, m in model.named_modules() if "Norm" in type(m).__name__}
        tensors, state = hash_filled(model.state_dict(), norms)
        model.load_state_dict(state)
        describe(folder, name, architecture, variant, model, logits, tensors)
        if name == "transformers-vit-in-memory":
            tensors, state = hash_filled(saved(model), {"vit.layernorm"} | {f"vit.encoder.layer.{i}.layernorm_{w}" for i in range(12) for w in ("before", "after")})
            model = from_saved(state, vit_config())
            describe(folder, "transformers-vit", architecture, variant, model, lambda images: model(images, interpolate_pos_encoding=True).logits, tensors)
    files(folder)


def hash_filled(like, norms):
    tensors, state = [], OrderedDict()
    for k, (key, value) in enumerate(like.items()):
        how = kind(key, value, norms)
        tensors.append([key, list(value.shape), how])
        state[key] = torch.from_numpy(hashed(how, k, list(value.shape))).to(value.dtype)
    return tensors, state


def describe(folder, name, architecture, variant, model, logits, tensors):
    with torch.no_grad():
        expected = logits(images(torch.float32))
        exact = logits_in_double(model, logits)
    error = short((expected.double() - exact).abs().max().item())
    print(name, "fp32 error of the library itself", error, "largest logit", exact.abs().max().item())
    versions = {m.__name__: m.__version__ for m in (torch, torchvision, timm, transformers)}
    write(folder / f"{name}.json", {"versions": versions, "architecture": architecture, "variant": variant, "classes": CLASSES,
                                    "pixels": PIXELS, "images": IMAGES, "logits": rows(exact), "fp32": error, "tensors": tensors})


def logits_in_double(model, logits):
    model.double()
    out = logits(images(torch.float64))
    model.float()
    return out


def write(path, fixture):
    path.write_text(json.dumps(fixture, separators=(",", ":")).replace('],["', '],\n["') + "\n")
    print(path, path.stat().st_size, "bytes")


class Payload:
    """What a hostile file does: it calls a function as soon as it is unpickled."""

    def __reduce__(self):
        return (open, ("a-file-that-a-hostile-pickle-made", "w"))


def files(folder):
    """Small files of torch.save, with every type, strides, wrappers, and what must be refused."""
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8
    state = OrderedDict(
        fp32=base, transposed=base.t(), column=base[:, 2], middle=base[1:3, 1:4], expanded=base[0, :1].expand(3),
        fp64=base.double() + 1e-12, fp16=(base - 1.5).half(), bf16=(base * 3).bfloat16(), int64=torch.arange(5) - 2,
        scalar=torch.tensor(7), uint8=torch.tensor([0, 200, 255], dtype=torch.uint8), parameter=torch.nn.Parameter(base[0].clone()),
        subnormal=torch.tensor([2.0**-24, -(2.0**-15), 65504.0]).half(), empty=torch.zeros(0, 3))
    torch.save(state, folder / "tensors.pth")
    torch.save(state, folder / "tensors-legacy.pth", _use_new_zipfile_serialization=False)
    plain = {k: v.detach().double().contiguous().flatten().tolist() for k, v in state.items()}
    write(folder / "tensors.json", {k: {"shape": list(state[k].shape), "values": v} for k, v in plain.items()})
    small = OrderedDict(weight=base[0].clone())
    torch.save({"epoch": 3, "lr": 1e-3, "state_dict": OrderedDict((f"module.{k}", v) for k, v in small.items())}, folder / "wrapped.pth")
    torch.save({"model": torch.nn.BatchNorm2d(2).state_dict(), "best": True, "name": None}, folder / "wrapped-model.pth")
    torch.save({"weight": base[0].clone(), "x": Payload()}, folder / "hostile.pth")
    torch.save({"weight": base[0].clone(), "x": Payload()}, folder / "hostile-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), folder / "module.pth")
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(folder / "script.pth"))
    torch.save({"weight": torch.quantize_per_tensor(base, 0.1, 0, torch.qint8)}, folder / "quantized.pth")
    with zipfile.ZipFile(folder / "compressed.pth", "w", zipfile.ZIP_DEFLATED) as out, zipfile.ZipFile(folder / "wrapped.pth") as source:
        for name in source.namelist():
            out.writestr(name, source.read(name))
    (folder / "protocol-4.pth").write_bytes(repickled(folder / "wrapped.pth"))


def repickled(path):
    """The same archive with a pickle of another protocol."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy, zipfile.ZipFile(path) as source:
        for name in source.namelist():
            copy.writestr(name, pickle.dumps({"a": 1}, protocol=4) if name.endswith("data.pkl") else source.read(name))
    return out.getvalue()


def save(folder):
    torch.manual_seed(1)
    for name, (architecture, variant, model, logits) in sources().items():
        randomize(model)
        result = {"architecture": architecture, "variant": variant}
        for pixels in (PIXELS, 224):
            with torch.no_grad():
                result[str(pixels)] = rows(logits(images(torch.float32, pixels)))
        torch.save(model.state_dict(), folder / f"{name}.pth")
        state = saved(model) if name.startswith("transformers") else model.state_dict()
        safetensors.torch.save_file({k: v.contiguous() for k, v in state.items()}, folder / f"{name}.safetensors")
        (folder / f"{name}.json").write_text(json.dumps(result))
        print(name, "saved")
    torch.save(timm.create_model("efficientnetv2_rw_s").state_dict(), folder / "efficientnetv2_rw_s.pth")


def compare(folder):
    state = safetensors.torch.load_file(folder / "model.safetensors")
    with safetensors.safe_open(folder / "model.safetensors", "pt") as file:
        card = {k: (v if k in ("architecture", "variant") else json.loads(v)) for k, v in file.metadata().items()}
    logits, classes = json.loads((folder / "logits.json").read_text()), len(card["classes"])
    expected, pixels = torch.tensor(logits["logits"]), card["preprocessing"]["imageSize"]
    inputs = images(torch.float32, pixels)
    print(card["architecture"], card["variant"], "at", pixels, "pixels,", classes, "classes, largest logit", expected.abs().max().item())
    models = {}
    if card["architecture"] == "EfficientNetV2-S":
        if card["variant"] != "TimmTf":  # torchvision has no such padding
            models["torchvision"] = torchvision.models.efficientnet_v2_s(num_classes=classes)
            models["torchvision"].load_state_dict(state)
            for module in models["torchvision"].modules():
                if isinstance(module, torch.nn.BatchNorm2d):
                    module.eps = card["epsilons"]["batchNorm"]
        other = timm.create_model("tf_efficientnetv2_s" if card["variant"] == "TimmTf" else "efficientnetv2_s", num_classes=classes, bn_eps=card["epsilons"]["batchNorm"])
        names = torchvision.models.efficientnet_v2_s(num_classes=classes).state_dict()
    else:
        models["torchvision"] = torchvision.models.VisionTransformer(pixels, 16, 12, 12, 768, 3072, num_classes=classes)
        models["torchvision"].load_state_dict(state)
        for module in models["torchvision"].modules():
            if isinstance(module, torch.nn.LayerNorm):
                module.eps = card["epsilons"]["layerNorm"]
        other = timm.create_model("vit_base_patch16_224", num_classes=classes, img_size=pixels)
        for module in other.modules():
            if isinstance(module, torch.nn.LayerNorm):
                module.eps = card["epsilons"]["layerNorm"]
        names = models["torchvision"].state_dict()
        models["transformers"] = transformers_vit(state, pixels, classes, card["epsilons"]["layerNorm"])
        order = {"class_token": "cls_token", "encoder.pos_embedding": "pos_embed", "conv_proj.weight": "patch_embed.proj.weight", "conv_proj.bias": "patch_embed.proj.bias"}
        rest = [k for k in names if k not in order]
        others = [k for k in other.state_dict() if k not in order.values()]
        other.load_state_dict({**{order[k]: state[k] for k in order}, **{b: state[a] for a, b in zip(rest, others)}})
    if card["architecture"] == "EfficientNetV2-S":  # both libraries list the same modules in the same order
        other.load_state_dict({b: state[a] for a, b in zip(names, other.state_dict())})
    models["timm"] = other
    models["torch.jit"] = torch.jit.load(str(folder / "model.torchscript.pt"))
    for name, model in models.items():
        with torch.no_grad():
            got = (model.eval() if isinstance(model, torch.nn.Module) else model)(inputs)
        print(f"{name}: largest difference of logits {(got - expected).abs().max().item():.2e}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    {"fixtures": fixtures, "save": save, "compare": compare}[command](folder)
