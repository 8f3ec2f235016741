"""PyTorch's side: torchvision's networks in eager mode, channels-last, with fused optimizers; compiled; as CUDA graphs."""

import contextlib

import torch
import torch.nn.functional as F

from programs import state


def made(name, pixels, classes):
    """torchvision's network without dropout, or None: there is no torchvision, or it does not have it."""
    try:
        from torchvision import models as tv
    except ImportError:
        return None

    def vit(patch, width, depth, heads):
        return tv.VisionTransformer(pixels // patch * patch, patch, depth, heads, width, 4 * width, num_classes=classes)

    deep = {"num_classes": classes, "stochastic_depth_prob": 0.0}
    plain = {"num_classes": classes}
    networks = {
        "EfficientNetV2-S": lambda: tv.efficientnet_v2_s(dropout=0.0, **deep),
        "EfficientNetV2-M": lambda: tv.efficientnet_v2_m(dropout=0.0, **deep),
        "EfficientNetV2-L": lambda: tv.efficientnet_v2_l(dropout=0.0, **deep),
        "ViT-B-16": lambda: vit(16, 768, 12, 12),
        "ViT-B-32": lambda: vit(32, 768, 12, 12),
        "ViT-L-16": lambda: vit(16, 1024, 24, 16),
        "DeiT-Ti-16": lambda: vit(16, 192, 12, 3),
        "DeiT-S-16": lambda: vit(16, 384, 12, 6),
        "ResNet-18": lambda: tv.resnet18(**plain),
        "ResNet-34": lambda: tv.resnet34(**plain),
        "ResNet-50": lambda: tv.resnet50(**plain),
        "ResNet-101": lambda: tv.resnet101(**plain),
        "ConvNeXt-Tiny": lambda: tv.convnext_tiny(**deep),
        "ConvNeXt-Base": lambda: tv.convnext_base(**deep),
        "DenseNet-169": lambda: tv.densenet169(**plain),
        "Swin-T": lambda: tv.SwinTransformer([4, 4], 96, [2, 2, 6, 2], [3, 6, 12, 24], [7, 7], **deep),
    }
    return networks[name]() if name in networks else None


class Peer:
    def __init__(self, node, precision, device, compiled=None, capturable=False):
        with torch.device("meta"):  # its own initial values would take longer than all else
            model = made(node["name"], node["pixels"], node["classes"])
        if model is None:
            raise LookupError("no torchvision here")
        model.to_empty(device=device).load_state_dict(state(node, device))
        self.model = model.to(memory_format=torch.channels_last)
        self.node, self.precision, self.device = node, precision, device
        self.mean, self.std = (torch.tensor(node[n], device=device).view(1, 3, 1, 1) for n in ("mean", "std"))
        self.run = self.loss if compiled is None else torch.compile(self.loss, **compiled)
        named = dict(self.model.named_parameters())
        newer = tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 4)
        fused = {"fused": True} if device == "cuda" or newer else {}  # before 2.4 on GPUs alone
        self.optimizers = []
        for group in node["optimizer"]["groups"]:
            within = [named[s["name"]] for s in node["parameters"] if group["firstBlock"] <= s["block"] <= group["lastBlock"]]
            how = group["optimizer"]
            if how["type"] == "Adam":
                more = {"capturable": True} if capturable else {}
                self.optimizers.append(torch.optim.Adam(within, lr=how["learningRate"], **fused, **more))
            else:
                self.optimizers.append(torch.optim.SGD(within, lr=how["learningRate"], momentum=how["momentum"], **fused))

    def loss(self, x, y):
        logits = self.model(x)
        return F.cross_entropy(logits.float(), y), logits

    def input(self, pictures):
        x = pictures.permute(0, 3, 1, 2).float().div_(255).sub_(self.mean).div_(self.std)
        x = x.contiguous(memory_format=torch.channels_last)
        seen = self.node["pixels"]
        if hasattr(self.model, "image_size"):
            seen = self.model.image_size  # whole patches only
        return x[:, :, :seen, :seen]

    def cast(self):
        return torch.autocast(self.device, torch.bfloat16) if self.precision == "BF16" else contextlib.nullcontext()

    def forward(self, pictures, labels):
        """As ours: loss, logits, a gradient for each parameter."""
        with self.cast():
            loss, logits = self.run(self.input(pictures), labels)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        return loss.detach(), logits.detach()

    def gradients(self):
        named = dict(self.model.named_parameters())
        return [named[spec["name"]].grad for spec in self.node["parameters"]]

    def evaluate(self, pictures, labels):
        self.model.eval()
        with torch.no_grad(), self.cast():
            loss, logits = self.loss(self.input(pictures), labels)
        self.model.train()
        return logits.float(), loss * len(labels)

    def step(self, pictures, labels):
        loss, _ = self.forward(pictures.to(self.device), labels.to(self.device))
        for optimizer in self.optimizers:
            optimizer.step()
        return loss


class Graph:
    """A step of somebody's, captured once and replayed: what the launches of kernels cost shows in the difference."""

    def __init__(self, training, pictures, labels):
        self.pictures, self.labels = pictures.cuda(), labels.cuda()
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                training.step(self.pictures, self.labels)
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.out = training.step(self.pictures, self.labels)

    def step(self, pictures, labels):
        self.pictures.copy_(pictures, non_blocking=True)
        self.labels.copy_(labels, non_blocking=True)
        self.graph.replay()
        return self.out.clone()
