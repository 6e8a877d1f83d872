"""Datasets that give batches by number, so that threads can prepare several at once."""

import collections
import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import numpy as np

from .._core.random import draw_seed


class PyDataset:
    """Batches by number. A subclass defines `__getitem__(i)`, which gives batch `i`, and `__len__`.

    A batch is `x`, `(x, y)` or `(x, y, sample_weight)`. Without `__len__` there is no end of batches.
    `on_epoch_begin` and `on_epoch_end` are called around each pass.

    Args:
        workers: how many threads prepare batches; with one, the program's own does.
        use_multiprocessing: not used: threads share the data, and what takes time in NumPy, Pillow or reading files
            runs in all of them at once.
        max_queue_size: how many batches may wait.

    Example:

        class Files(PyDataset):
            def __init__(self, names, labels, **kwargs):
                super().__init__(**kwargs)
                self.names, self.labels = names, labels

            def __len__(self):
                return len(self.names) // 32

            def __getitem__(self, i):
                part = slice(32 * i, 32 * (i + 1))
                return np.stack([read(name) for name in self.names[part]]), self.labels[part]
    """

    workers, use_multiprocessing, max_queue_size = 1, False, 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index), which gives a batch.")

    @property
    def num_batches(self) -> int | None:
        """The number of batches, `None` if there is no end."""
        try:
            return len(self)  # type: ignore[arg-type]
        except (TypeError, NotImplementedError):
            return None

    def __iter__(self) -> Iterator[Any]:
        count = self.num_batches
        return self.batches(itertools.count() if count is None else range(count))

    def batches(self, numbers: Iterable[int]) -> Iterator[Any]:
        """The batches of these numbers, in this order, by as many threads as there are workers."""
        if self.workers <= 1:
            yield from (self[int(i)] for i in numbers)
            return
        pool, waiting = ThreadPoolExecutor(self.workers), collections.deque()  # type: ignore[var-annotated]
        try:
            for i in numbers:
                waiting.append(pool.submit(self.__getitem__, int(i)))
                if len(waiting) > self.max_queue_size:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def on_epoch_begin(self) -> None:
        """Called before each pass."""

    def on_epoch_end(self) -> None:
        """Called after each pass."""


class Numbered:
    """A pass over batches that have numbers, which can begin at any of them: those before are not made.

    Args:
        count: how many there are.
        batches: gives those of some numbers, in their order.
    """

    def __init__(self, count: int, batches: Callable[[range], Iterator[Any]]) -> None:
        self.count, self._batches = count, batches
        self._running: Iterator[Any] | None = None

    def jump(self, start: int | None) -> int:
        """Go on with the batch of this number, or after the last one; gives the number."""
        start = self.count if start is None else min(start, self.count)
        self._running = self._batches(range(start, self.count))
        return start

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._running is None:
            self._running = self._batches(range(self.count))
        return next(self._running)


class Reordered:
    """A dataset whose batches come in a new order in each pass."""

    def __init__(self, dataset: PyDataset, seed: int) -> None:
        self.dataset, self.seed, self.passes = dataset, seed, 0

    def __len__(self) -> int:
        return len(self.dataset)  # type: ignore[arg-type]

    def one_pass(self) -> Numbered:
        """The next pass."""
        order = permutation(len(self), self.seed, self.passes)
        self.passes += 1
        return Numbered(len(order), lambda numbers: self.dataset.batches(order[numbers.start :]))

    def on_epoch_begin(self) -> None:
        """Called before each pass."""
        self.dataset.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Called after each pass."""
        self.dataset.on_epoch_end()


def permutation(count: int, seed: int, number: int) -> np.ndarray:
    """The order of pass `number`: a function of these three alone."""
    key = [seed & 0xFFFFFFFFFFFFFFFF, number]
    return np.random.Generator(np.random.Philox(key=key)).permutation(count).astype("int32")


class Samples(PyDataset):
    """Samples that are fetched by number, and come in batches.

    Args:
        fetch: the samples of an array of numbers, as a batch.
        count: how many samples there are.
        batch_size: how many a batch has; `None` gives single samples.
        shuffle: whether each pass has a new order.
        seed: an integer, of the orders.
        workers: how many threads fetch batches.
    """

    def __init__(
        self,
        fetch: Callable[[np.ndarray], Any],
        count: int,
        batch_size: int | None = None,
        shuffle: bool = False,
        seed: int | None = None,
        workers: int = 1,
    ) -> None:
        super().__init__(workers)
        self.fetch, self.count, self.batch_size, self.shuffle = fetch, count, batch_size, shuffle
        self.seed = draw_seed() if seed is None and shuffle else seed
        self._passes = 0
        self._order = self._ordered()

    def _ordered(self) -> np.ndarray:
        if not self.shuffle or self.seed is None:
            return np.arange(self.count, dtype="int32")
        return permutation(self.count, self.seed, self._passes)

    def __len__(self) -> int:
        return self.count if self.batch_size is None else -(-self.count // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(f"There are {len(self)} batches; got the number {index}.")
        if self.batch_size is None:
            return jax.tree.map(lambda a: a[0], self.fetch(self._order[index : index + 1]))
        return self.fetch(self._order[index * self.batch_size : (index + 1) * self.batch_size])

    def on_epoch_end(self) -> None:
        """A new order, if it is to be shuffled."""
        self._passes += 1
        self._order = self._ordered()

    def batch(self, batch_size: int) -> "Samples":
        """The same samples in batches of that size."""
        return self._with(self.fetch, batch_size)

    def map(self, function: Callable[..., Any]) -> "Samples":
        """What `function` makes of each batch, of `x`, or of `x` and `y`."""

        def fetch(rows: np.ndarray) -> Any:
            batch = self.fetch(rows)
            return function(*batch) if isinstance(batch, tuple) else function(batch)

        return self._with(fetch, self.batch_size)

    def _with(self, fetch: Callable[[np.ndarray], Any], batch_size: int | None) -> "Samples":
        other = Samples(fetch, self.count, batch_size, self.shuffle, self.seed, self.workers)
        known = vars(other)
        vars(other).update({name: value for name, value in vars(self).items() if name not in known})
        return other
