"""Where batches come from: arrays, of which any row can be had, and streams, which come as they come."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import numpy as np

from .._core import interrupts
from .._core.errors import located
from .arrays import as_arrays, is_numbers, length_of
from .dataset import Numbered, PyDataset, Reordered, permutation

_END = object()


class Sample(NamedTuple):
    """Arrays of a batch, or of all data: inputs, targets and weights as the user gave them."""

    x: Any
    y: Any = None
    weight: Any = None

    def check(self) -> int:
        """The number of rows; a `ValueError` if there is none, or if the arrays differ in it."""
        if not jax.tree.leaves(self.x):
            raise ValueError("x holds no arrays.")
        count = length_of({"x": self.x, "y": self.y, "sample_weight": self.weight})
        if count == 0:
            raise ValueError("x has 0 rows (samples); give at least one.")
        return count


class Rows(NamedTuple):
    """The batches of one size of a pass, as the rows of each, and which of the batches are due."""

    order: np.ndarray  # (batches, batch size) places of rows
    valid: np.ndarray | None  # (batches,) how many rows of each are real; `None` if all are
    first: int
    last: int  # the first batch that is not due


class ArraySource:
    """All the data in arrays. An epoch's order is a function of the seed and the epoch alone.

    Args:
        data: arrays with the samples along the first axis.
        batch_size: how many samples a batch holds.
        shuffle: draw a new order for each pass over the data.
        seed: an integer, of the order.
        steps: batches an epoch, by default one pass; passes follow one another.
    """

    def __init__(
        self, data: Sample, batch_size: int, shuffle: bool = False, seed: int = 0, steps: int | None = None
    ) -> None:
        self.data: Any = data
        self.count = data.check()
        self.batch_size = min(batch_size, self.count)
        self.shuffle = shuffle
        self.seed = seed
        self.batches = -(-self.count // self.batch_size)  # in one pass
        self.steps: int = steps or self.batches

    def convert(self, function: Callable[[Any], Any]) -> None:
        """Bring the data into another form."""
        self.data = function(self.data)

    def first(self) -> Any:
        """The first rows, of which a model's shapes can be learnt."""
        return self.take(np.arange(self.batch_size))

    def take(self, rows: np.ndarray) -> Any:
        """Some rows of all arrays."""
        return jax.tree.map(lambda a: a[rows], self.data)

    @property
    def nbytes(self) -> int:
        """The size of all arrays."""
        return sum(a.nbytes for a in jax.tree.leaves(self.data))

    @property
    def has_short_batch(self) -> bool:
        """Whether the last batch of a pass is shorter than the others."""
        return self.count % self.batch_size != 0

    def _pass(self, number: int) -> np.ndarray:
        if not self.shuffle:
            return np.arange(self.count, dtype="int32")
        return permutation(self.count, self.seed, number)

    def epoch(self, number: int, pad: bool, start: int = 0) -> Iterator[Rows]:
        """The batches of an epoch, from the number `start` on.

        With `pad` all have one size, and a last short one says how much of it is real.
        """
        at, end = number * self.steps + start, (number + 1) * self.steps
        while at < end:
            start = at // self.batches * self.batches
            for rows in self._blocks(at // self.batches, pad):
                first, last = max(at - start, 0), min(end - start, len(rows.order))
                if first < last:
                    yield rows._replace(first=first, last=last)
                start += len(rows.order)
            at = start

    def _blocks(self, number: int, pad: bool) -> Iterator[Rows]:
        """All batches of a pass: in one block if they have one size, else the short one in a block of its own."""
        order, size = self._pass(number), self.batch_size
        short = self.count % size
        if not short:
            yield Rows(order.reshape(-1, size), None, 0, 0)
        elif pad:
            valid = np.full(self.batches, size, "int32")
            valid[-1] = short
            yield Rows(np.pad(order, (0, size - short)).reshape(-1, size), valid, 0, 0)
        else:
            yield Rows(order[:-short].reshape(-1, size), None, 0, 0)
            yield Rows(order[-short:].reshape(1, -1), None, 0, 0)


class StreamSource:
    """Batches from an iterable, or from a generator, which can be gone through only once.

    Args:
        items: an iterable of `x`, `(x,)`, `(x, y)` or `(x, y, weight)`, or of such with a length and `[i]`. Its methods
            `on_epoch_begin` and `on_epoch_end`, if it has them, are called before and after each pass.
        steps: batches an epoch; `None` is all that there are.
        goes_on: with `steps`, whether an epoch begins where the one before ended, or at the start again.
        text: whether inputs may be text.
        encode: brings targets that are no arrays into arrays.

    Attributes:
        label: how errors begin.
        ahead: whether what it gives next is what follows the place that is asked for first.
    """

    label = ""
    ahead = False

    def __init__(
        self,
        items: Any,
        steps: int | None = None,
        goes_on: bool = False,
        text: bool = False,
        encode: Callable[..., Any] | None = None,
    ) -> None:
        self.items = items
        self.text, self.encode = text, encode
        self._wanted = steps
        self.goes_on = goes_on
        self._passes = 0
        self._convert: Callable[[Sample], Any] = lambda sample: sample
        self._running: Iterator[Any] | None = None  # what goes on from epoch to epoch
        self._first: Sample | None = None
        self._waiting: list[Any] = []  # the first batch, until the epoch begins

    def convert(self, function: Callable[[Sample], Any]) -> None:
        """Bring the batches into another form, each as it comes."""
        self._convert = function

    @property
    def steps(self) -> int | None:
        """Batches an epoch, `None` where that is not known before."""
        try:
            return self._wanted or len(self.items)
        except TypeError:
            return None

    @property
    def rewinds(self) -> bool:
        """Whether it begins anew when a program does, so that a place in it can be found again."""
        return not hasattr(self.items, "__next__")

    def _fresh(self) -> Iterator[Any]:
        items = self.items
        if isinstance(items, Reordered):
            return items.one_pass()
        if isinstance(items, PyDataset) and type(items).__iter__ is PyDataset.__iter__ and items.num_batches:
            return Numbered(len(items), items.batches)  # type: ignore[arg-type]
        if isinstance(items, list) or not hasattr(items, "__iter__"):
            return Numbered(len(items), lambda numbers: (items[i] for i in numbers))
        return iter(items)

    def first(self) -> Any:
        """The first batch; it comes again when the epoch begins."""
        if self._first is None:
            self._running = self._fresh()
            item = _next(self._running)
            if item is _END:
                raise ValueError(f"{self.label}The data yielded no batches.")
            self._waiting.append(item)
            self._first = self._unpacked(item, 1)
        with located(f"{self.label}Batch 1"):
            return self._convert(self._first)

    def epoch(self, number: int, start: int = 0) -> Iterator[Any]:
        """The batches of an epoch, all that there are, or the next `steps`; the first `start` are passed over."""
        for taken, item in self._items(start):
            if taken > start:
                sample = self._unpacked(item, taken)
                with located(f"{self.label}Batch {taken}"):
                    batch = self._convert(sample)
                yield batch

    def go_through(self, epochs: int) -> None:
        """Pass over so many epochs: what follows is as if their batches had been given."""
        for _ in range(epochs):
            for _ in self._items(None):
                pass

    def _items(self, start: int | None) -> Iterator[tuple[int, Any]]:
        """What there is in an epoch, each with its number from 1 on.

        Of a pass over batches that have numbers, those before `start` are left out, or all, if it is `None`.
        """
        items = self._running if self._running is not None else self._fresh()
        self._running = None
        self._tell("on_epoch_begin")
        taken = 0
        if start and self.ahead:
            taken, self.ahead = start, False
        elif start != 0 and self._wanted is None and isinstance(items, Numbered):
            taken = items.jump(start)
            self._waiting.clear()
        while taken != self._wanted:
            item = self._waiting.pop() if self._waiting else _next(items)
            if item is _END and self._wanted is not None and self.rewinds:
                items = self._fresh()  # a pass has ended before the epoch has
                item = _next(items)
            if item is _END:
                break
            taken += 1
            yield taken, item
        self._running = items if self.goes_on and self._wanted is not None else None
        self._passes += 1
        self._complain(taken)
        self._tell("on_epoch_end")

    def _tell(self, hook: str) -> None:
        getattr(self.items, hook, lambda: None)()

    def _unpacked(self, item: Any, number: int) -> Sample:
        with located(f"{self.label}Batch {number}"):
            sample = unpack(item, self.text, self.encode)
            sample.check()
        return sample

    def _complain(self, taken: int) -> None:
        if taken == 0:
            raise ValueError(
                f"{self.label}The data yielded no batches in pass {self._passes}: a generator can be gone through "
                "only once. "
                "Give an object that can be iterated again (a list, a class with __iter__), or an endless generator "
                "and the number of steps."
            )
        if self._wanted is not None and taken < self._wanted:
            raise ValueError(
                f"{self.label}The data ended after {taken} of the {self._wanted} batches of pass {self._passes}. "
                "Ask for fewer steps, or give data that does not end."
            )


def _next(items: Iterator[Any]) -> Any:
    with interrupts.released():
        return next(items, _END)


def unpack(item: Any, text: bool = False, encode: Callable[..., Any] | None = None) -> Sample:
    """A batch as inputs, targets and weights: from `x`, `(x,)`, `(x, y)` or `(x, y, weight)`.

    A list of arrays is read as a tuple, as data loaders collate.
    """
    parts = tuple(item) if isinstance(item, (list, tuple)) and not is_numbers(item) else (item,)
    if not 1 <= len(parts) <= 3:
        raise ValueError(f"A batch is (x,), (x, y) or (x, y, sample_weight); got {len(parts)} parts.")
    if encode is not None and len(parts) > 1:
        parts = (parts[0], encode(parts[1], round_up=True), *parts[2:])
    names = ("x", "y", "sample_weight")
    return Sample(*(as_arrays(part, name, text and name == "x") for part, name in zip(parts, names)))


def is_stream(x: Any) -> bool:
    """Whether `x` gives batches, and is not itself arrays."""
    if x is None or isinstance(x, (dict, str, bytes)) or any(hasattr(x, a) for a in ("shape", "to_numpy", "__array__")):
        return False
    if isinstance(x, (list, tuple)):
        return isinstance(x, list) and bool(x) and all(isinstance(v, tuple) for v in x) and not is_numbers(x)
    return hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def make_source(
    data: Sample,
    batch_size: int | None,
    shuffle: bool = False,
    seed: int = 0,
    steps: int | None = None,
    goes_on: bool = False,
    text: bool = False,
    encode: Callable[..., Any] = lambda y: y,
) -> ArraySource | StreamSource:
    """What `fit` was given, arrays or an iterable of batches, as a source."""
    if is_stream(data.x):
        for name, value in (("y", data.y), ("sample_weight", data.weight), ("batch_size", batch_size)):
            if value is not None:
                raise ValueError(f"x gives batches, which hold {name} themselves: leave {name} out.")
        again = shuffle and isinstance(data.x, PyDataset) and data.x.num_batches is not None
        return StreamSource(Reordered(data.x, seed) if again else data.x, steps, goes_on, text, encode)
    arrays = Sample(
        as_arrays(data.x, "x", text), as_arrays(encode(data.y), "y"), as_arrays(data.weight, "sample_weight")
    )
    return ArraySource(arrays, 32 if batch_size is None else batch_size, shuffle, seed, steps)
