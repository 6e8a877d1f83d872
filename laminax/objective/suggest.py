"""Which loss and metrics fit an output and its targets: the textbook's rules, one after the other."""

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from ..losses import (
    CTC,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanSquaredError,
    Poisson,
    SparseCategoricalCrossentropy,
)
from .families import free
from .heads import Head, heads

AUTO = "auto"


class Choice(NamedTuple):
    """What fits one output, and why.

    Attributes:
        loss: the loss.
        metrics: names of metrics.
        task: what is learnt, in words.
        why: what was seen.
    """

    loss: Loss
    metrics: list[str]
    task: str
    why: str

    @property
    def code(self) -> str:
        """The loss as it is written in a program."""
        return written(self.loss)

    def __str__(self) -> str:
        return f"loss={self.code}, metrics={self.metrics} ({self.task}: {self.why})"


class Suggestion:
    """What fits a model and its targets; `str()` is a call of `compile` to paste.

    Args:
        choices: what fits each output, by name.

    Attributes:
        loss, metrics: as `compile` takes them.
    """

    def __init__(self, choices: dict[str, Choice]) -> None:
        self.choices = choices
        single = len(choices) == 1
        first = next(iter(choices.values()))
        self.loss: Any = first.loss if single else {name: choice.loss for name, choice in choices.items()}
        self.metrics: Any = first.metrics if single else {name: choice.metrics for name, choice in choices.items()}

    def __str__(self) -> str:
        single = len(self.choices) == 1
        loss = ", ".join(c.code if single else f"{name!r}: {c.code}" for name, c in self.choices.items())
        loss = loss if single else f"{{{loss}}}"
        why = "\n".join(f"# {name}: {c.task}: {c.why}" for name, c in self.choices.items())
        return f'model.compile("adam", loss={loss}, metrics={self.metrics})\n{why}'

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def suggest(model: Any, y: Any, x: Any = None) -> Suggestion:
    """The loss and the metrics that fit how a model's outputs end and what its targets hold.

        >>> import laminax as lx
        >>> model = lx.Sequential([lx.Input((4,)), lx.layers.Dense(3, activation="softmax")])
        >>> print(lx.objective.suggest(model, [0, 2, 1, 1]))
        model.compile("adam", loss=losses.SparseCategoricalCrossentropy(), metrics=['accuracy'])
        # y: one class of 3: integers (n,) and a softmax of 3 units

    Args:
        model: the model.
        y: its targets; for several outputs a list, or a dict by name.
        x: some rows of its inputs, for a model that does not know their shape.

    Raises:
        ValueError: where nothing fits, with what to change.
    """
    named = _outputs(model, y, x)
    return Suggestion({name: choose(head, targets, name) for name, (head, targets) in named.items()})


def choose(head: Head, y: Any, name: str = "y") -> Choice:
    """What fits one output.

    Args:
        head: how it ends.
        y: its targets.
        name: the words by which a user finds them.

    Raises:
        ValueError: where nothing fits.
    """
    y = np.asarray(y)
    if y.dtype.kind not in "biuf":
        raise ValueError(f"{name} holds {y.dtype}: give numbers, classes as integers from numpy.unique(y, ...).")
    found = _of_classes(head, y) if head.units > 1 else _of_one(head, y)
    if found is None:
        end = "" if head.last is None else f" that ends in {_end(head)}"
        raise ValueError(
            f"Nothing fits {name} of shape {free(y.shape)} and an output of shape {free(head.shape)}{end}. "
            f"For classes give integers {free((0, *head.shape[1:-1]))} or one-hot rows {free(head.shape)}; "
            f"for a regression as many units as {name} has columns."
        )
    return found


def _of_classes(head: Head, y: np.ndarray) -> Choice | None:
    units, logits = head.units, head.activation is None
    alike, inner = y.shape[1:] == head.shape[1:], head.shape[1:-1]
    if y.shape[1:] in (inner, (*inner, 1)) and _whole(y) and y.min() >= 0 and y.max() < units and _votes(head):
        return Choice(
            SparseCategoricalCrossentropy(from_logits=logits),
            ["accuracy"],
            f"one class of {units}",
            f"integers {free(y.shape)} and {_units(head)}",
        )
    if len(head.shape) == 3 and y.ndim == 2 and _whole(y) and y.max() < units and head.activation != "sigmoid":
        return Choice(CTC(), ["cer"], "reading a sequence", f"label sequences {free(y.shape)} and {_units(head)}")
    if not alike:
        return None
    ones = y.min() >= 0 and y.max() <= 1
    single = bool(ones and np.allclose(y.sum(-1), 1, atol=1e-3))
    if single and head.activation != "sigmoid" and _votes(head):
        return Choice(
            CategoricalCrossentropy(from_logits=logits),
            ["accuracy"],
            f"one class of {units}",
            f"rows that sum to 1 and {_units(head)}",
        )
    if (head.activation == "sigmoid" and ones) or (head.last == "linear" and ones and _whole(y)):
        task = f"{units} labels at once" if _whole(y) else f"{units} shares in 0..1"
        metrics = ["accuracy"] if _whole(y) else ["mae"]
        return Choice(BinaryCrossentropy(from_logits=logits), metrics, task, f"{_values(y)} and {_units(head)}")
    return None if head.activation is not None else _of_numbers(head, y)


def _of_one(head: Head, y: np.ndarray) -> Choice | None:
    if y.size != np.prod(head.shape[1:], dtype=int) * len(y):
        return None
    binary = _whole(y) and bool(y.min() >= 0 and y.max() <= 1)
    if head.activation == "softmax":
        return None
    if head.activation == "sigmoid" and y.min() >= 0 and y.max() <= 1:
        task, metrics = ("yes or no", ["accuracy"]) if binary else ("a share in 0..1", ["mae"])
        return Choice(BinaryCrossentropy(), metrics, task, f"{_values(y)} and {_units(head)}")
    if head.last == "linear" and binary:
        return Choice(BinaryCrossentropy(from_logits=True), ["accuracy"], "yes or no", f"0 and 1 and {_units(head)}")
    return None if head.activation == "sigmoid" else _of_numbers(head, y)


def _of_numbers(head: Head, y: np.ndarray) -> Choice:
    if head.last in ("exponential", "softplus") and _whole(y) and y.min() >= 0:
        return Choice(Poisson(), ["mae"], "counts", f"integers from {y.min():g} on and {_units(head)}")
    return Choice(MeanSquaredError(), ["mae"], "a regression", f"{_values(y)} and {_units(head)}")


def _votes(head: Head) -> bool:
    """Whether the units of a head may speak for a class each."""
    return head.activation == "softmax" or head.last in ("linear", None)


def _whole(y: np.ndarray) -> bool:
    return y.size > 0 and (y.dtype.kind in "biu" or bool((y == np.floor(y)).all()))


def _values(y: np.ndarray) -> str:
    if _whole(y) and y.min() == 0 and y.max() == 1:
        return "0 and 1"
    return f"numbers in {y.min():.4g}..{y.max():.4g}"


def _units(head: Head) -> str:
    return f"{_end(head)} of {head.units} unit{'s' * (head.units != 1)}"


def _end(head: Head) -> str:
    return {"linear": "a linear layer", None: "an output"}.get(head.last, f"a {head.last}")


def written(loss: Loss) -> str:
    """A loss as it is written in a program, with the arguments that are no defaults."""
    kind = type(loss)
    plain = kind().get_config()
    given = {k: v for k, v in loss.get_config().items() if v != plain.get(k)}
    return f"losses.{kind.__name__}({', '.join(f'{k}={v!r}' for k, v in given.items())})"


def _outputs(model: Any, y: Any, x: Any) -> dict[str, tuple[Head, Any]]:
    """The heads and the targets of a model's outputs by name."""
    if x is None:
        specs = getattr(model, "inputs", None)
        if not specs:
            raise ValueError("suggest: the model does not know the shape of its inputs yet: give x, some rows of them.")
        count = len(jax.tree.leaves(y)[0]) if not _is_one(y) else len(y)
        x = [jax.ShapeDtypeStruct((count, *(d or 1 for d in spec.shape[1:])), spec.dtype) for spec in specs]
        x = x[0] if len(x) == 1 else x
    found: Sequence[Head] = jax.tree.leaves(heads(model, x))
    if len(found) == 1:
        return {"y": (found[0], y)}
    names = list(getattr(model, "output_names", None) or y)
    targets = [y[name] for name in names] if isinstance(y, dict) else list(y)
    return {f"{name}": pair for name, pair in zip(names, zip(found, targets))}


def _is_one(y: Any) -> bool:
    return hasattr(y, "shape") or (isinstance(y, (list, tuple)) and not hasattr(y[0], "shape"))
