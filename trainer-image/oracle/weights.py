"""Fixtures of pretrained weights, and the comparison of whole files. See README.md.

  weights.py fixtures FOLDER   names and shapes of each publisher, logits of hashed weights; small files of torch.save
  weights.py save FOLDER [NAME...]
                               random weights of each publisher as .pth and safetensors, with their logits; or of some
  weights.py compare FOLDER    a model trained here, in torchvision, timm and torch.jit: FOLDER has model.safetensors,
                               model.torchscript.pt, and logits.json of both as computed here
"""
import functools
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


TORCHVISION = {
    "EfficientNetV2-S": "efficientnet_v2_s", "EfficientNetV2-M": "efficientnet_v2_m", "EfficientNetV2-L": "efficientnet_v2_l",
    "ViT-B-16": "vit_b_16", "ViT-B-32": "vit_b_32", "ViT-L-16": "vit_l_16", "ResNet-18": "resnet18", "ResNet-50": "resnet50", "ResNet-101": "resnet101",
    "ConvNeXt-Tiny": "convnext_tiny", "ConvNeXt-Base": "convnext_base", "DenseNet-169": "densenet169", "Swin-T": "swin_t"}
TIMM_TF = {"EfficientNetV2-S": "tf_efficientnetv2_s", "EfficientNetV2-M": "tf_efficientnetv2_m", "EfficientNetV2-L": "tf_efficientnetv2_l"}
TIMM = {
    "EfficientNetV2-S": "efficientnetv2_s", "EfficientNetV2-M": "efficientnetv2_m", "EfficientNetV2-L": "efficientnetv2_l",
    "ViT-B-16": "vit_base_patch16_224", "ViT-B-32": "vit_base_patch32_224", "ViT-L-16": "vit_large_patch16_224",
    "DeiT-Ti-16": "deit_tiny_patch16_224", "DeiT-S-16": "deit_small_patch16_224",
    "ResNet-18": "resnet18", "ResNet-50": "resnet50", "ResNet-101": "resnet101", "ConvNeXt-Tiny": "convnext_tiny", "ConvNeXt-Base": "convnext_base",
    "DenseNet-169": "densenet169", "Swin-T": "swin_tiny_patch4_window7_224"}
# patch, encoders, heads, width
VITS = {"ViT-B-16": (16, 12, 12, 768), "ViT-B-32": (32, 12, 12, 768), "ViT-L-16": (16, 24, 16, 1024), "DeiT-Ti-16": (16, 12, 3, 192), "DeiT-S-16": (16, 12, 6, 384)}
# what a build compares: one of each publisher and family
FIXTURES = (
    "torchvision-efficientnet_v2_s", "timm-tf_efficientnetv2_s", "timm-efficientnetv2_s", "torchvision-vit_b_16", "timm-vit_base_patch16_224", "transformers-vit-in-memory",
    "timm-deit_tiny_patch16_224", "torchvision-resnet18",
    "torchvision-convnext_tiny", "timm-convnext_tiny", "torchvision-swin_t", "timm-swin_tiny_patch4_window7_224")


def sources(only=()):
    """Name, architecture, variant, model for its own size, logits of images by that library: one after the other."""
    for publisher, variant, names in (("torchvision", "Torchvision", TORCHVISION), ("timm", "TimmTf", TIMM_TF), ("timm", "Timm", TIMM)):
        for architecture, library in names.items():
            name = f"{publisher}-{library}"
            if only and name not in only:
                continue
            make = getattr(torchvision.models, library) if publisher == "torchvision" else functools.partial(timm.create_model, library)
            model = make(num_classes=CLASSES).eval()
            logits = model
            if architecture in VITS:
                logits = functools.partial(torchvision_vit if publisher == "torchvision" else timm_vit, architecture, model)
            yield name, architecture, variant, model, logits
    if not only or "transformers-vit-in-memory" in only:
        hf = transformers.ViTForImageClassification(vit_config()).eval()
        yield "transformers-vit-in-memory", "ViT-B-16", "HuggingFace", hf, lambda images: hf(images, interpolate_pos_encoding=True).logits


def sizes(name):
    """timm's Swin takes no other size than its own."""
    return (224,) if name.startswith("timm-swin") else (PIXELS, 224)


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


def own_vit(architecture, pixels, classes):
    patch, encoders, heads, width = VITS[architecture]
    return torchvision.models.VisionTransformer(pixels, patch, encoders, heads, width, 4 * width, num_classes=classes)


def torchvision_vit(architecture, model, images):
    """As torchvision's users do it: interpolate_embeddings, then a model of that size."""
    from torchvision.models.vision_transformer import interpolate_embeddings

    pixels = images.shape[-1]
    if pixels == 224:
        return model(images)
    small = own_vit(architecture, pixels, CLASSES).eval().to(images.dtype)
    small.load_state_dict(interpolate_embeddings(pixels, VITS[architecture][0], OrderedDict(model.state_dict())))
    return small(images)


def timm_vit(architecture, model, images):
    """As timm's users do it: a model of that size, and the filter that its loading of checkpoints applies."""
    from timm.models.vision_transformer import checkpoint_filter_fn

    small = timm.create_model(TIMM[architecture], num_classes=CLASSES, img_size=images.shape[-1]).eval().to(images.dtype)
    small.load_state_dict(checkpoint_filter_fn(model.state_dict(), small))
    return small(images)


def randomize(model):
    """Every tensor by torch's generator: what a library leaves at zero or one would hide a mix-up."""
    norms = {n for n, m in model.named_modules() if "Norm" in type(m).__name__}
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.rsplit(".", 1)[0] in norms:
                p.copy_((1.0 if name.endswith("weight") else 0.0) + 0.1 * torch.randn(p.shape))
            elif name.endswith(("gamma", "layer_scale")):
                p.copy_(0.3 * torch.randn(p.shape))
            elif p.dim() >= 2 and "pos_embed" not in name and "position_embed" not in name and "token" not in name:
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
    if name.endswith(("num_batches_tracked", "relative_position_index")):
        return "counter"
    if name.endswith("running_mean"):
        return "mean"
    if name.endswith("running_var"):
        return "variance"
    if name.rsplit(".", 1)[0] in norms:
        return "scale" if name.endswith("weight") else "small"
    embedding = "embed" in name.rsplit(".", 1)[-1] or "token" in name or name.endswith("layer_scale")
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
    for name, architecture, variant, model, logits in sources(FIXTURES):
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
        hash_of = torch.from_numpy(hashed(how, k, list(value.shape))).to(value.dtype)
        state[key] = value if key.endswith("relative_position_index") else hash_of
    return tensors, state


def describe(folder, name, architecture, variant, model, logits, tensors):
    with torch.no_grad():
        expected = logits(images(torch.float32, sizes(name)[0]))
        exact = logits_in_double(model, logits, sizes(name)[0])
    error = short((expected.double() - exact).abs().max().item())
    print(name, "fp32 error of the library itself", error, "largest logit", exact.abs().max().item())
    versions = {m.__name__: m.__version__ for m in (torch, torchvision, timm, transformers)}
    write(folder / f"{name}.json", {"versions": versions, "architecture": architecture, "variant": variant, "classes": CLASSES,
                                    "pixels": sizes(name)[0], "images": IMAGES, "logits": rows(exact), "fp32": error, "tensors": tensors})


def logits_in_double(model, logits, pixels):
    model.double()
    out = logits(images(torch.float64, pixels))
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


def save(folder, *only):
    torch.manual_seed(1)
    for name, architecture, variant, model, logits in sources(only):
        randomize(model)
        result = {"architecture": architecture, "variant": variant}
        for pixels in sizes(name):
            with torch.no_grad():
                result[str(pixels)] = rows(logits(images(torch.float32, pixels)))
        torch.save(model.state_dict(), folder / f"{name}.pth")
        state = saved(model) if name.startswith("transformers") else model.state_dict()
        safetensors.torch.save_file({k: v.contiguous() for k, v in state.items()}, folder / f"{name}.safetensors")
        (folder / f"{name}.json").write_text(json.dumps(result))
        print(name, "saved")
    if not only:
        torch.save(timm.create_model("efficientnetv2_rw_s").state_dict(), folder / "efficientnetv2_rw_s.pth")


def timms(ours, state, theirs):
    """Both libraries list the same tensors in the same order, but for a ViT's first and Swin's merging."""
    order = {"class_token": "cls_token", "encoder.pos_embedding": "pos_embed", "conv_proj.weight": "patch_embed.proj.weight", "conv_proj.bias": "patch_embed.proj.bias"}
    order = {a: b for a, b in order.items() if a in state}
    for merge in (2, 4, 6):
        for part in ("reduction.weight", "norm.weight", "norm.bias"):
            if f"features.{merge}.{part}" in state:
                order[f"features.{merge}.{part}"] = f"layers.{merge // 2}.downsample.{part}"
    rest = [k for k in ours.state_dict() if k not in order and not k.endswith("relative_position_index")]
    others = [k for k in theirs if k not in order.values()]
    assert len(rest) == len(others)
    pairs = {**{b: a for a, b in order.items()}, **dict(zip(others, rest))}
    return {b: state[a].reshape(theirs[b].shape) for b, a in pairs.items()}


def compare(folder):
    state = safetensors.torch.load_file(folder / "model.safetensors")
    with safetensors.safe_open(folder / "model.safetensors", "pt") as file:
        card = {k: (v if k in ("architecture", "variant") else json.loads(v)) for k, v in file.metadata().items()}
    logits, classes = json.loads((folder / "logits.json").read_text()), len(card["classes"])
    expected, pixels = torch.tensor(logits["logits"]), card["preprocessing"]["imageSize"]
    inputs = images(torch.float32, pixels)
    print(card["architecture"], card["variant"], "at", pixels, "pixels,", classes, "classes, largest logit", expected.abs().max().item())
    name, (norm, epsilon) = card["architecture"], next(iter(card["epsilons"].items()))
    models, kind = {}, torch.nn.BatchNorm2d if norm == "batchNorm" else torch.nn.LayerNorm
    ours = own_vit(name, pixels, classes) if name in VITS else getattr(torchvision.models, TORCHVISION[name])(num_classes=classes)
    if card["variant"] != "TimmTf":  # torchvision has no such padding
        models["torchvision"] = ours
        ours.load_state_dict(state)
    if name != "Swin-T" or pixels == 224:  # its own size only
        size = {"img_size": pixels} if name in VITS else {}
        models["timm"] = timm.create_model((TIMM_TF if card["variant"] == "TimmTf" else TIMM)[name], num_classes=classes, **size)
        models["timm"].load_state_dict(timms(ours, state, models["timm"].state_dict()))
    for model in models.values():
        for module in model.modules():
            if isinstance(module, kind):
                module.eps = epsilon
    if name == "ViT-B-16":
        models["transformers"] = transformers_vit(state, pixels, classes, epsilon)
    models["torch.jit"] = torch.jit.load(str(folder / "model.torchscript.pt"))
    for name, model in models.items():
        with torch.no_grad():
            got = (model.eval() if isinstance(model, torch.nn.Module) else model)(inputs)
        print(f"{name}: largest difference of logits {(got - expected).abs().max().item():.2e}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    {"fixtures": fixtures, "save": save, "compare": compare}[command](folder, *sys.argv[3:])
