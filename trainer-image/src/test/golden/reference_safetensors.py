"""A file as the reference implementation (safetensors 0.x for Python) writes it.

python reference_safetensors.py
"""
import numpy as np
from safetensors.numpy import save_file

save_file({
    "features.0.0.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2) / 7,
    "classifier.1.bias": np.array([0.1, -2.5, 1e-30], dtype=np.float32),
    "num_batches_tracked": np.array(391, dtype=np.int64),
    "double": np.array([[1 / 3]], dtype=np.float64),
    "bytes": np.arange(5, dtype=np.uint8),
    "empty": np.zeros((0, 3), dtype=np.float32)},
    "reference.safetensors", metadata={"classes": "[\"ä\", \"b\"]", "format": "pt"})
