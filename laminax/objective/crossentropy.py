"""Which cross-entropy is meant by `"crossentropy"`: from the head and the targets."""

from typing import Any

import numpy as np

from ..losses import BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy
from .heads import Head

NAMES = ("crossentropy", "ce")


def crossentropy_for(head: Head, y: Any) -> Loss:
    """The loss that `"crossentropy"` stands for: of yes and no, or of classes, one-hot or integers.

    The numbers of a head that ends in no softmax or sigmoid are logits.
    """
    logits = head.activation is None
    if len(head.shape) < 2 or head.shape[-1] == 1 or head.activation == "sigmoid":
        return BinaryCrossentropy(from_logits=logits)
    one_hot = np.shape(y) == tuple(head.shape)
    return (CategoricalCrossentropy if one_hot else SparseCategoricalCrossentropy)(from_logits=logits)
