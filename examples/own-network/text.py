"""Fortune cookies by category: token ids of the texts that Debian's package fortunes brings, one row each.

python text.py FOLDER [COOKIES]     needs torch 2.3.1; COOKIES is where the package lies, /usr/share/games/fortunes
"""
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import nn

CATEGORIES = "computers definitions platitudes politics science songs-poems work zippy".split()
LENGTH, WORDS = 64, 4000


class Network(nn.Module):
    def __init__(self, width=64, classes=len(CATEGORIES)):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, width, padding_idx=0)
        self.position = nn.Parameter(torch.randn(LENGTH, width) * 0.02)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, 4, 128, dropout=0.1, batch_first=True, norm_first=True) for _ in range(2))
        self.head = nn.Linear(width, classes)

    def forward(self, tokens: torch.Tensor):
        padding = tokens == 0
        x = self.embedding(tokens) + self.position
        for layer in self.layers:
            x = layer(x, src_key_padding_mask=padding)
        words = (~padding).unsqueeze(2)
        return self.head((x * words).sum(1) / words.sum(1))


folder = Path(sys.argv[1])
cookies = Path(sys.argv[2] if len(sys.argv) > 2 else "/usr/share/games/fortunes")
folder.mkdir(parents=True, exist_ok=True)
texts = [(re.findall(r"\w+|[^\w\s]", text.lower()), label)
         for label, category in enumerate(CATEGORIES)
         for text in (cookies / category).read_text(encoding="utf-8").split("\n%\n") if text.strip()]
count = Counter(word for words, _ in texts for word in words)
ids = {word: number for number, (word, _) in enumerate(count.most_common(WORDS - 2), start=2)}  # 0: nothing, 1: rare
rows = [[ids.get(word, 1) for word in words[:LENGTH]] for words, _ in texts]
np.save(folder / "tokens.npy", np.array([row + [0] * (LENGTH - len(row)) for row in rows], dtype=np.int32))
np.save(folder / "label.npy", np.array([label for _, label in texts]))
(folder / "classes.txt").write_text("\n".join(CATEGORIES))
torch.manual_seed(0)
torch.jit.script(Network()).save(folder / "net.pt")
