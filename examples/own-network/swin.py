"""A Swin transformer of timm's that tells ten classes of pictures apart; pretrained=True begins with ImageNet's weights.

python swin.py FOLDER               needs torch 2.3.1 and timm
"""
import sys
from pathlib import Path

import timm
import torch

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
torch.manual_seed(0)
net = timm.create_model("swin_tiny_patch4_window7_224", num_classes=10, drop_path_rate=0.1)
torch.jit.script(net).save(folder / "net.pt")
