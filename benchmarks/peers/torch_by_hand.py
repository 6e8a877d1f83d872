"""torch, eager, with a training loop by hand."""

import numpy as np
import torch

from . import DECAY, EPSILON, RATE


class Peer:
    """The loop that a torch user writes. All data are a tensor, from which each batch is taken."""

    def __init__(self, name, workload):
        self.batch = workload.batch
        self.model = workload.torch(workload.weights())
        self.moved = [p for p in self.model.parameters() if p.requires_grad]
        self.velocities = [torch.zeros_like(p) for p in self.moved]

    def run(self, x, y, shuffle, after_epoch):
        x, y = torch.from_numpy(x), torch.from_numpy(y.astype("int64"))
        stop = False
        while not stop:
            order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
            total, batches = torch.zeros(()), order.split(self.batch)
            for places in batches:
                loss = torch.nn.functional.cross_entropy(self.model(x[places]), y[places])
                loss.backward()
                self.descend()
                total += loss.detach()
            stop = after_epoch(float(total) / len(batches))

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

    def describe(self):
        """Nothing was chosen."""
        return "eager"


def put(parameters, arrays):
    """Write NumPy arrays into parameters."""
    with torch.no_grad():
        for parameter, array in zip(parameters, arrays):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(array)))
