"""What trains. A peer is made from a workload and runs epochs; it is imported only in its own process."""

import importlib
from typing import Any

LAMINAX = "laminax"
MODULES = {
    LAMINAX: "interface",
    "keras-jax": "interface",
    "keras-torch": "interface",
    "keras-tensorflow": "interface",
    "torch": "torch_by_hand",
    "jax": "jax_by_hand",
}
RATE, DECAY, EPSILON = 1e-4, 0.9, 1e-7  # of RMSprop; a rate at which rounding does not grow


def start(name: str, workload: Any) -> Any:
    """A peer with the workload's model, ready to train: `peer.run(x, y, shuffle, after_epoch)`.

    `after_epoch(loss)` is told the mean loss of an epoch and answers whether to stop.
    """
    return importlib.import_module(f".{MODULES[name]}", __package__).Peer(name, workload)
