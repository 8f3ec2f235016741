"""Small checkpoints as training scripts leave them, and what torch.load finds in them. See README.md.

  checkpoints.py FOLDER   writes FOLDER/checkpoints with checkpoints.json: file -> entry -> name -> [shape, values], those
                          with tensors only; and FOLDER/shards-safetensors, FOLDER/shards-bin
"""
import argparse
import collections
import json
import logging
import pathlib
import pickle
import sys
import warnings

import numpy as np
import torch

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")


def network():
    torch.manual_seed(3)
    return torch.nn.Sequential(collections.OrderedDict(fc=torch.nn.Linear(3, 2), bn=torch.nn.BatchNorm1d(2)))


class Task(torch.nn.Module):
    """What holds a network as an attribute, beside what is none of it."""

    def __init__(self):
        super().__init__()
        self.model, self.criterion = network(), torch.nn.Bilinear(1, 1, 1)


def trained():
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    scaler = torch.amp.GradScaler("cpu")
    return model, optimizer, scaler


def checkpoints():
    """Name -> (what is saved, arguments of torch.save)."""
    model, optimizer, scaler = trained()
    averaged = torch.optim.swa_utils.AveragedModel(model)
    averaged.update_parameters(model)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=9)
    options = argparse.Namespace(lr=0.1, data=pathlib.PurePosixPath("/data"), device=torch.device("cpu"), dtype=torch.float32, crop=slice(0, 3))
    timm = {"epoch": 3, "arch": "tf_efficientnetv2_s", "state_dict": model.state_dict(), "optimizer": optimizer.state_dict(), "version": 2,
            "args": options, "classes": "a, b", "variant": "Timm", "amp_scaler": scaler.state_dict(), "state_dict_ema": averaged.module.state_dict(), "metric": np.float64(71.2)}
    torchvision = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "lr_scheduler": schedule.state_dict(), "epoch": 3, "args": options,
                   "model_ema": averaged.state_dict(), "scaler": scaler.state_dict()}
    kinds = {"best": np.float32(0.5), "counts": np.arange(3), "dtype": np.dtype("float64"), "random": (np.random.RandomState(0).get_state(), torch.get_rng_state()),
             "set": {1, 2}, "frozen": frozenset({3}), "complex": 1 + 2j, "bytes": b"abc", "range": range(3), "long": 2**80, "defaults": collections.defaultdict(list, a=[1]),
             "counter": collections.Counter("aab"), "keys": {(0, 1): torch.ones(1), None: 2, 1.5: 3}, "size": torch.Size([2]), "generator": pathlib.PurePosixPath("a")}
    others = {"float8": torch.ones(2).to(torch.float8_e4m3fn), "uint16": torch.ones(2).to(torch.uint16), "complex": torch.ones(2, dtype=torch.complex64),
              "sparse": torch.eye(2).to_sparse(), "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)}
    recursive = {"state_dict": model.state_dict()}
    recursive["self"], recursive["list"] = recursive, []
    recursive["list"].append(recursive["list"])
    named = model.state_dict()
    named["fc.weight"].note = "an attribute"  # of a tensor: saved by another function
    return {
        "timm.pth.tar": (timm, {}),
        "torchvision.pth": (torchvision, {}),
        "lightning.ckpt": (lightning(), {}),
        "averaged.pth": (averaged.state_dict(), {}),
        "compiled.pth": (torch.compile(model).state_dict(), {}),
        "numpy.pth": ({"state_dict": model.state_dict(), **kinds}, {}),
        "other-types.pth": ({"model": {**model.state_dict(), **others, "epoch": 3}}, {}),
        "recursive.pth": (recursive, {}),
        "attribute.pth": (named, {}),
        "module.pth": (model, {}),
        "module-inside.pth": ({"ema": model, "epoch": 3}, {}),
        "legacy.pth": (timm, {"_use_new_zipfile_serialization": False}),
        "protocol-4.pth": (torchvision, {"pickle_protocol": 4}),
        "protocol-5.pth": ({"state_dict": model.state_dict(), **kinds}, {"pickle_protocol": 5}),
    }


def lightning():
    """As lightning's Trainer.save_checkpoint composes it, with its own dictionaries of parameters."""
    import lightning as pl

    class Module(pl.LightningModule):
        def __init__(self, width=3):
            super().__init__()
            self.save_hyperparameters()
            self.task = Task()

        def training_step(self, batch, index):
            return self.task.model(batch[0]).sum()

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1, momentum=0.9)

    torch.manual_seed(3)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 3)), batch_size=4)
    trainer = pl.Trainer(max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False)
    trainer.fit(Module(), data)
    return trainer._checkpoint_connector.dump_checkpoint()


def state_dicts(entry, value, seen):
    """Entry -> name -> [shape, values] of all dictionaries that hold tensors of types that weights have."""
    if isinstance(value, torch.nn.Module):
        value = value.state_dict()
    if not isinstance(value, dict) or id(value) in seen:
        return {}
    seen.add(id(value))
    kinds = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
    tensors = {str(k): v for k, v in value.items() if isinstance(v, torch.Tensor) and v.layout == torch.strided and not v.is_quantized and v.dtype in kinds and isinstance(k, (str, int))}
    found = {entry: {k: [list(v.shape), v.detach().double().flatten().tolist()[:8]] for k, v in tensors.items()}} if tensors else {}
    for k, v in value.items():
        if isinstance(k, (str, int)):
            found.update(state_dicts(f"{entry}.{k}" if entry else str(k), v, seen))
    return found


def shards(folder):
    """Weights in three files with their index, both kinds, by the library that transformers saves with."""
    import huggingface_hub

    state = {name: torch.arange(6.0).reshape(2, 3) + i for i, name in enumerate("abc")}
    for kind in ("safetensors", "bin"):
        target = folder / f"shards-{kind}"
        target.mkdir(exist_ok=True)
        pattern = "model{suffix}.safetensors" if kind == "safetensors" else "pytorch_model{suffix}.bin"
        huggingface_hub.save_torch_state_dict(state, target, filename_pattern=pattern, max_shard_size=30, safe_serialization=kind == "safetensors")
    (folder / "shards.json").write_text(json.dumps({name: value.flatten().tolist() for name, value in state.items()}) + "\n")


def main(folder):
    shards(folder)
    folder = folder / "checkpoints"
    folder.mkdir(exist_ok=True)
    expected = {}
    for name, (content, options) in checkpoints().items():
        torch.save(content, folder / name, **options)
        expected[name] = state_dicts("", torch.load(folder / name, weights_only=False), set())
    versions = {"torch": torch.__version__, "numpy": np.__version__}
    (folder / "checkpoints.json").write_text(json.dumps({"versions": versions, "files": expected}, separators=(",", ":")).replace('},"', '},\n"') + "\n")
    for path in sorted(folder.iterdir()):
        print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    destination = pathlib.Path(sys.argv[1])
    destination.mkdir(parents=True, exist_ok=True)
    main(destination)
