"""torch, with a training loop by hand: eager, or compiled by `torch.compile`."""

import itertools

import numpy as np
import torch

from . import DECAY, EPSILON, RATE

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Peer:
    """The loop that a torch user writes. All data are a tensor, from which each batch is taken."""

    def __init__(self, name, workload):
        self.batch, self.name = workload.batch, name
        self.model = workload.torch(workload.weights()).to(DEVICE)
        self.moved = [p for p in self.model.parameters() if p.requires_grad]
        self.velocities = [torch.zeros_like(p) for p in self.moved]
        self.objective = LOSSES[workload.loss]
        if name == "torch-compiled":
            self.loss, self.descend, self.outputs = map(torch.compile, (self.loss, self.descend, self.outputs))

    def run(self, x, y, shuffle, after_epoch):
        x, y = tensor(x), tensor(y)
        stop = False
        while not stop:
            order = torch.randperm(len(x), device=DEVICE) if shuffle else torch.arange(len(x), device=DEVICE)
            stop = after_epoch(self._mean_loss((x[places], y[places]) for places in order.split(self.batch)))

    def stream(self, batches, steps, after_epoch):
        while not after_epoch(self._mean_loss((tensor(x), tensor(y)) for x, y in itertools.islice(batches, steps))):
            pass

    def _mean_loss(self, batches):
        total, count = torch.zeros((), device=DEVICE), 0
        for x, y in batches:
            loss = self.loss(x, y)
            loss.backward()
            self.descend()
            total, count = total + loss.detach(), count + 1
        return float(total) / count

    def loss(self, x, y):
        return self.objective(self.model(x), y)

    @torch.no_grad()
    def descend(self):
        """RMSprop with epsilon under the root, as in Keras; `torch.optim.RMSprop` adds it to the root."""
        gradients = [p.grad for p in self.moved]
        torch._foreach_mul_(self.velocities, DECAY)
        torch._foreach_addcmul_(self.velocities, gradients, gradients, 1 - DECAY)
        roots = torch._foreach_add(self.velocities, EPSILON)
        torch._foreach_sqrt_(roots)
        torch._foreach_addcdiv_(self.moved, gradients, roots, -RATE)
        for p in self.moved:
            p.grad = None

    def requests(self):
        self.model.eval()
        return {"predict": lambda x: self.outputs(tensor(x)).numpy(force=True)}

    @torch.inference_mode()
    def outputs(self, x):
        return self.model(x)

    def describe(self):
        return "compiled" if self.name == "torch-compiled" else "eager"


def ctc(logits, y):
    """Keras's mean over rows; that of torch is over labels."""
    log_p = torch.log_softmax(logits, -1).transpose(0, 1)
    frames = torch.full((len(y),), logits.shape[1])
    return torch.nn.functional.ctc_loss(log_p, y, frames, (y != 0).sum(1), reduction="sum") / len(y)


LOSSES = {"classes": torch.nn.functional.cross_entropy, "mse": torch.nn.functional.mse_loss, "ctc": ctc}


def tensor(array):
    """On the device; integers as wide as torch's losses want them."""
    found = torch.from_numpy(array)
    return (found if found.is_floating_point() else found.long()).to(DEVICE)


def put(parameters, arrays):
    """Write NumPy arrays into parameters."""
    with torch.no_grad():
        for parameter, array in zip(parameters, arrays, strict=True):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(array)))
