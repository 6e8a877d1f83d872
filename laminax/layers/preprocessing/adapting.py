"""Learning from data before training: what `adapt` of several layers shares."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


def is_one_batch(data: Any) -> bool:
    """Whether data is a single batch: an array, a dataframe, or nested lists of numbers or texts."""
    if isinstance(data, (list, tuple)):
        return not data or all(isinstance(v, (str, bytes, int, float, np.generic)) or is_list(v) for v in data)
    return hasattr(data, "shape") or hasattr(data, "to_numpy") or isinstance(data, (str, bytes, int, float))


def is_list(data: Any) -> bool:
    """Whether data is a list of numbers, texts, or such lists."""
    return isinstance(data, list) and is_one_batch(data)


def batches_of(data: Any, steps: int | None = None) -> Iterator[Any]:
    """The batches in `data`, `steps` of them at most; of a batch with targets, the inputs.

    Args:
        data: a batch, or an iterable of batches.
        steps: where to stop, needed for an iterable that does not end.
    """
    for i, batch in enumerate(_each(data)):
        if steps is not None and i >= steps:
            return
        batch = batch[0] if isinstance(batch, tuple) else batch
        yield batch.to_numpy() if hasattr(batch, "to_numpy") else batch


def _each(data: Any) -> Iterable[Any]:
    if is_one_batch(data):
        return [data]
    return data if hasattr(data, "__iter__") else (data[i] for i in range(len(data)))


class Adaptable:
    """A layer that learns from data before training.

    Attributes:
        revision: grows when the layer learns, so that what was compiled with an older state is compiled anew.
    """

    revision = 0

    @property
    def adapted(self) -> bool:
        """Whether the layer has learnt, or was given, what it needs."""
        raise NotImplementedError

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn from data, forgetting what was learnt before.

        Args:
            data: an array, list or dataframe, or an iterable of batches; of a batch with targets the inputs count.
            steps: the most batches to take, for an iterable that does not end.
        """
        self.reset_state()
        for batch in batches_of(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget the data seen so far."""
        raise NotImplementedError

    def update_state(self, data: Any) -> None:
        """See a batch."""
        raise NotImplementedError

    def finalize_state(self) -> None:
        """Make what the layer uses of the data seen."""
        raise NotImplementedError
