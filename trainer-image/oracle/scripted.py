"""Twelve steps of EfficientNetV2-S in PyTorch's own loop, and the network as a TorchScript file.

scripted.py losses FILE.json     losses and the logits after them in fp64, with fp32's distance from them
scripted.py module FILE.pt       what torch.jit.script makes of the network with the same weights
"""
import json
import sys

import torch
import torch.nn.functional as F

from golden import CASES, batch, network, short

CASE = CASES["efficientnet-v2-s-32px.json"]
STEPS, LAST_LOW_BLOCK = 12, 5
ADAM, SGD = 1e-5, 1e-3  # at rates of a real training rounding grows to differences that tell nothing within few steps


def train(dtype):
    model = network(CASE).to(dtype).train()
    images, labels = batch(dtype, CASE)
    low = [p for name, p in model.named_parameters() if name.startswith("features.") and int(name.split(".")[1]) <= LAST_LOW_BLOCK]
    taken = {id(p) for p in low}
    high = [p for p in model.parameters() if id(p) not in taken]
    optimizers = [torch.optim.Adam(low, lr=ADAM), torch.optim.SGD(high, lr=SGD, momentum=0.9)]
    losses = []
    for _ in range(STEPS):
        loss = F.cross_entropy(model(images), labels)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, model.eval()(images).double()


def main(what, file):
    if what == "module":
        torch.jit.script(network(CASE)).save(file)
        return
    losses, logits = train(torch.float64)
    losses32, logits32 = train(torch.float32)
    fixture = {
        "losses": [short(loss) for loss in losses],
        "logits": [short(v) for v in logits.flatten().tolist()],
        "pytorchFp32": {
            "losses": [short(abs(a - b) / b) for a, b in zip(losses32, losses)],
            "logits": short((logits32 - logits).abs().max().item()),
        },
    }
    with open(file, "w") as out:
        out.write(json.dumps(fixture) + "\n")


main(*sys.argv[1:])
