"""PyTorch's side of a race: pytorch.py DEVICE SECONDS TASK VARIANT WORDS...

Writes "ready" after the first piece of work; for each line "go" works for so many seconds and writes
"seconds units"; for "end" writes the most memory it held, in bytes. VARIANT is a list of words joined by "+":
channels-last, autocast, loop, foreach, fused, compile, hooks (each parameter is updated, and its gradient freed,
when the backward pass has accumulated it).
"""

import contextlib
import os
import sys
import time


def step(device, variant, architecture, precision, strategy, batch, pixels):
    import torch
    import torchvision

    batch, pixels = int(batch), int(pixels)
    model, optimizers = trained(device, variant, architecture, strategy, pixels)
    loss_of = torch.nn.CrossEntropyLoss()
    mean = torch.tensor([0.485, 0.456, 0.406], device=device).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225], device=device).view(1, 3, 1, 1)
    images = torch.randint(0, 256, (batch, pixels, pixels, 3), dtype=torch.uint8)
    labels = torch.randint(0, 10, (batch,))

    def forward(x, y):
        return loss_of(model(x), y)

    run = torch.compile(forward) if "compile" in variant else forward

    def work():
        x = images.to(device).permute(0, 3, 1, 2).float().div_(255).sub_(mean).div_(std)
        if "channels-last" in variant:
            x = x.contiguous(memory_format=torch.channels_last)
        context = torch.autocast(device, torch.bfloat16) if precision == "BF16" else contextlib.nullcontext()
        with context:
            loss = run(x, labels.to(device))
        if "hooks" not in variant:
            for optimizer in optimizers:
                optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if "hooks" not in variant:
            for optimizer in optimizers:
                optimizer.step()
        if not torch.isfinite(loss).item():
            raise SystemExit("not finite")
        return batch

    return work


def optimizer(device, variant, architecture, precision, strategy, batch, pixels):
    import torch

    model, optimizers = trained(device, variant, architecture, strategy, int(pixels))
    for parameter in model.parameters():
        parameter.grad = parameter.detach() * 1e-3

    def work():
        for each in optimizers:
            each.step()
        if device == "cuda":
            torch.cuda.synchronize()
        return 1

    return work


def floor(device, variant, architecture, precision, strategy, batch, pixels):
    """What Adam must move and no more: four arrays of the parameters' size read, three written."""
    import torch

    model, _ = trained(device, variant, architecture, strategy, int(pixels))
    size = sum(parameter.numel() for parameter in model.parameters())
    sources = [torch.ones(size, device=device) for _ in range(4)]
    targets = [torch.zeros(size, device=device) for _ in range(3)]

    def work():
        for target, source in zip(targets, sources):
            target.copy_(source)
        sources[3].sum().item()
        return 1

    return work


def pictures(device, variant, folder, pixels):
    import torch
    from PIL import Image
    from torchvision.transforms import functional

    torch.set_num_threads(1)
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".jpg"))
    pixels, state = int(pixels), [0]

    def work():
        file = files[state[0] % len(files)]
        state[0] += 1
        with Image.open(file) as image:
            small = functional.resize(image.convert("RGB"), [pixels, pixels], antialias=True)
            return 1 if functional.pil_to_tensor(small).numel() else 0

    return work


def shards(device, variant, folder, pixels):
    """Shards as WebDataset's users read them, one after the other and mixed in a buffer."""
    import torch
    import webdataset
    from torchvision.transforms import functional

    torch.set_num_threads(1)
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    size = [int(pixels)] * 2
    samples = webdataset.WebDataset(files, shardshuffle=len(files), seed=1).repeat().shuffle(1000).decode("pilrgb").to_tuple("jpg", "cls")
    ready = iter(samples.map_tuple(lambda image: functional.pil_to_tensor(functional.resize(image, size, antialias=True)), int))
    return lambda: 1 if next(ready)[0].numel() else 0


def trained(device, variant, architecture, strategy, pixels):
    import torch
    import torchvision

    torch.manual_seed(1)
    plain = {"RESNET_50": ("resnet50", {}), "CONVNEXT_TINY": ("convnext_tiny", {"stochastic_depth_prob": 0.0})}
    low = []
    if architecture in plain:  # one optimizer for all
        name, settings = plain[architecture]
        model = getattr(torchvision.models, name)(num_classes=10, **settings)
    elif architecture == "EFFICIENTNET_V2_S":
        model = torchvision.models.efficientnet_v2_s(num_classes=10, dropout=0.0, stochastic_depth_prob=0.0)
        low = [p for block in model.features[:6] for p in block.parameters()]
    else:
        model = torchvision.models.vit_b_16(num_classes=10, image_size=pixels // 16 * 16)
        encoders = model.encoder.layers
        low = [model.class_token, model.encoder.pos_embedding, *model.conv_proj.parameters()]
        low += [p for encoder in encoders[:6] for p in encoder.parameters()]
    model = model.to(device).train()
    if "channels-last" in variant:
        model = model.to(memory_format=torch.channels_last)
    how = {"foreach": "foreach" in variant}
    if "fused" in variant:
        how = {"fused": True}

    def adam(parameters):
        return torch.optim.Adam(parameters, lr=1e-4, **how)

    def sgd(parameters):
        return torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, **how)

    if "hooks" in variant:
        own = {p: adam([p]) for p in model.parameters()}

        def update(parameter):
            own[parameter].step()
            own[parameter].zero_grad(set_to_none=True)

        for parameter in own:
            parameter.register_post_accumulate_grad_hook(update)
        return model, []
    if strategy == "ADAM":
        return model, [adam(model.parameters())]
    if strategy == "SGD":
        return model, [sgd(model.parameters())]
    taken = {id(p) for p in low}
    return model, [adam(low), sgd([p for p in model.parameters() if id(p) not in taken])]


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def main():
    device, seconds, task, variant, *words = sys.argv[1:]
    if task not in ("pictures", "shards"):
        import torch

        torch.set_num_threads(len(os.sched_getaffinity(0)))
    work = {"step": step, "optimizer": optimizer, "floor": floor, "pictures": pictures, "shards": shards}[task](
        device, variant.split("+"), *words
    )
    work()
    print("ready", flush=True)
    for order in sys.stdin:
        if order.strip() == "end":
            print(peak(), flush=True)
            return
        units, start = 0, time.perf_counter()
        while time.perf_counter() - start < float(seconds):
            units += work()
        print(time.perf_counter() - start, units, flush=True)


if __name__ == "__main__":
    main()
