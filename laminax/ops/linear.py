"""Products with a matrix along the last axis."""

import math
from typing import Any

Array = Any


def project(inputs: Array, kernel: Array) -> Array:
    """`inputs @ kernel` for inputs `(..., features)` and a kernel `(features, units)`.

    All leading axes become one: XLA's gradient of a dot of two matrices is faster than that of a stack of them.
    """
    if inputs.ndim <= 2:
        return inputs @ kernel
    rows = inputs.reshape(math.prod(inputs.shape[:-1]), inputs.shape[-1])
    return (rows @ kernel).reshape(*inputs.shape[:-1], kernel.shape[-1])
