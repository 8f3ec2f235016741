"""Networks of torchvision as somebody's own: modules.py FOLDER writes a TorchScript file of each, by our names."""

import pathlib
import sys

import torch

from pytorch import trained

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True)
for name in "EFFICIENTNET_V2_S", "RESNET_50":
    model, _ = trained("cpu", [], name, "SGD", 32)
    torch.jit.script(model).save(str(folder / f"{name}.pt"))
