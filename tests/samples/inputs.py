"""What the samples of layers are made of."""

import functools

import numpy as np
from contract_layers import LayerSample


class Draw:
    """Random arrays, the same ones at each run, whatever other families draw."""

    def __init__(self, seed):
        self.restart(seed)

    def restart(self, seed):
        self.rng = np.random.default_rng(seed)

    def normal(self, *shape):
        return self.rng.normal(size=shape)

    def uniform(self, low, high, *shape):
        return self.rng.uniform(low, high, shape)

    def integers(self, high, *shape):
        return self.rng.integers(0, high, shape).astype("int32")


_draw = Draw(0)
ROWS = _draw.normal(4, 6)
STEPS = _draw.normal(4, 5, 3)  # (batch, steps, features)
IMAGES = _draw.normal(4, 7, 6, 4)  # (batch, height, width, channels)
VOLUMES = _draw.normal(4, 4, 5, 4, 2)  # (batch, depth, height, width, channels)
STATES = [_draw.normal(4, 3), _draw.normal(4, 3)]
restart, normal, uniform, integers = _draw.restart, _draw.normal, _draw.uniform, _draw.integers
rows = functools.partial(LayerSample, inputs=(ROWS,))
steps = functools.partial(LayerSample, inputs=(STEPS,), free=(1,))
images = functools.partial(LayerSample, inputs=(IMAGES,), free=(1, 2))
volumes = functools.partial(LayerSample, inputs=(VOLUMES,), free=(1, 2, 3))
