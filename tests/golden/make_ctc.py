"""Makes `ctc.npz`, golden values and gradients of the CTC loss, from PyTorch, the oracle.

pip install torch==2.13.0
python tests/golden/make_ctc.py
"""

import pathlib

import numpy as np
import torch

RNG = np.random.default_rng(7)
ROWS, FRAMES, CLASSES, LABELS = 7, 20, 8, 8  # one shape, so that one compiled program serves all


def case(blank, scale):
    """Random rows that can be read: few labels, so that many repeat; any lengths, also none."""
    logits = RNG.normal(size=(ROWS, FRAMES, CLASSES)).round(2) * scale
    lengths = RNG.integers(0, LABELS + 1, ROWS)
    lengths[0] = 0
    real = np.minimum(FRAMES, np.maximum(2 * lengths, 1) + RNG.integers(0, FRAMES, ROWS))
    others = [c for c in range(CLASSES) if c != blank]
    labels = RNG.choice(others[:3], (ROWS, LABELS))
    x = torch.tensor(logits, requires_grad=True)
    losses = torch.nn.functional.ctc_loss(
        torch.log_softmax(x, -1).transpose(0, 1),
        torch.tensor(labels),
        torch.tensor(real),
        torch.tensor(lengths),
        blank=blank,
        reduction="none",
    )
    losses.sum().backward()
    return {
        "logits": logits,
        "labels": labels.astype("int32"),
        "lengths": lengths.astype("int32"),
        "frames": real.astype("int32"),
        "loss": losses.detach().numpy(),
        "gradient": x.grad.numpy(),
    }


def main():
    kinds = [(0, 1.0), (7, 2.0), (3, 4.0)]
    arrays = {"blanks": np.array([blank for blank, _ in kinds])}
    for i, kind in enumerate(kinds):
        arrays.update({f"{i}/{name}": value for name, value in case(*kind).items()})
    path = pathlib.Path(__file__).parent / "ctc.npz"
    np.savez_compressed(path, **arrays)
    print(f"{len(kinds)} cases, {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
