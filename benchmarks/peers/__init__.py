"""What trains. A peer is made from a workload and runs epochs; it is imported only in its own process."""

import importlib
from typing import Any

LAMINAX = "laminax"
MODULES = {
    LAMINAX: "interface",
    "keras-jax": "interface",
    "keras-tensorflow": "interface",
    "keras-torch": "interface",
    "torch": "torch_by_hand",
    "torch-compiled": "torch_by_hand",
    "jax": "jax_by_hand",
}
PEERS = [name for name in MODULES if name != LAMINAX]
KERAS = [name for name in PEERS if name.startswith("keras-")]
RATE, DECAY, EPSILON = 1e-4, 0.9, 1e-7  # of RMSprop; a rate at which rounding does not grow


def start(name: str, workload: Any, **more: Any) -> Any:
    """A peer with the workload's model, ready to train.

    - `run(x, y, shuffle, after_epoch)`: epochs over arrays. `after_epoch(loss)` is told the mean loss of an epoch and
      answers whether to stop.
    - `stream(batches, steps, after_epoch)`: epochs of so many steps, over an endless iterator of `(x, y)`.
    - `requests()`: `{name: function of NumPy rows}`, the ways to get outputs as NumPy arrays.
    - `describe()`: how steps were driven.
    """
    return importlib.import_module(f".{MODULES[name]}", __package__).Peer(name, workload, **more)
