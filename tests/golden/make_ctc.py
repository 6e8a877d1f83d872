"""Makes `ctc.npz`, golden values and gradients of the CTC loss, from PyTorch, the oracle.

pip install torch==2.13.0
python tests/golden/make_ctc.py
"""

import pathlib

import numpy as np
import torch

RNG = np.random.default_rng(7)


def case(batch, frames, classes, most, blank):
    """Random rows that can be read: labels with repeats, any lengths."""
    logits = RNG.normal(size=(batch, frames, classes)) * 2
    lengths = RNG.integers(0, most + 1, batch)
    real = np.array([max(2 * n, 1) for n in lengths])
    real = np.minimum(frames, real + RNG.integers(0, frames, batch))
    others = [c for c in range(classes) if c != blank]
    labels = RNG.choice(others[: max(2, classes // 2)], (batch, most))
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
    padded = np.where(np.arange(most) < lengths[:, None], labels, -1)
    mask = np.arange(frames) < real[:, None]
    return {
        "logits": logits,
        "labels": padded,
        "mask": mask,
        "loss": losses.detach().numpy(),
        "gradient": x.grad.numpy(),
    }


def main():
    shapes = [(4, 12, 5, 4, 0), (3, 20, 7, 6, 6), (5, 9, 3, 3, 1), (1, 30, 11, 10, 0), (4, 8, 4, 1, 2)]
    arrays = {"blanks": np.array([s[-1] for s in shapes])}
    for i, shape in enumerate(shapes):
        arrays.update({f"{i}/{name}": value for name, value in case(*shape).items()})
    path = pathlib.Path(__file__).parent / "ctc.npz"
    np.savez_compressed(path, **arrays)
    print(f"{len(shapes)} cases, {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
