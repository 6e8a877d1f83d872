"""What is known of a model's objective before training, as an object, as text and as HTML."""

import html
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .classes import counts, words
from .families import BINARY, CLASSES, free, judged
from .finding import Finding
from .heads import Head


@dataclass
class OutputReport:
    """One output.

    Attributes:
        name: its name.
        head: how it ends.
        loss: its loss.
        targets: their shape and range in words.
        trivial: the loss of the best answer that is the same for all rows; `None` where that is not known.
        guessing: for classes, the loss of equal chances, `log(classes)`.
        now: the loss of the model as it is.
        classes: how often each class occurs, in `"train"` and `"validation"`.
        metrics: what is measured, in words.
    """

    name: str
    head: Head
    loss: Any
    targets: str
    trivial: float | None = None
    guessing: float | None = None
    now: float | None = None
    classes: dict[str, Any] = field(default_factory=dict)
    metrics: list[str] = field(default_factory=list)

    def lines(self) -> list[tuple[str, str]]:
        """What there is to say, each with its heading."""
        end = self.head.last or "something else"
        found = [
            ("output", f"{self.name} {free(self.head.shape)}, ends in {end}"),
            ("targets", self.targets),
            ("loss", repr(self.loss)),
            ("metrics", ", ".join(self.metrics)),
            ("loss by guessing", _number(self.guessing)),
            ("loss of a constant", _number(self.trivial)),
            ("loss now", _number(self.now)),
            ("classes", words(self.classes)),
        ]
        return [(heading, text) for heading, text in found if text]


@dataclass
class Report:
    """The objective of a model and its data; `print` it, or let a notebook show it.

    Attributes:
        outputs: one report for each output.
        columns: for inputs that are rows of numbers, the greatest absolute value of each column.
        constant: for these inputs, the columns that hold one number.
        problems: what is wrong or odd, in the order in which it was found.
    """

    outputs: list[OutputReport] = field(default_factory=list)
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    constant: dict[str, list[int]] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong or odd."""
        return not self.problems

    def lines(self) -> list[tuple[str, str]]:
        """What there is to say, each with its heading."""
        found = [line for output in self.outputs for line in output.lines()]
        for name, sizes in self.columns.items():
            known = sizes[np.isfinite(sizes)]
            shown = f", sizes {known.min():.3g}..{known.max():.3g}" if len(known) else ""
            same = ", ".join(map(str, self.constant.get(name, [])[:8]))
            more = ", ..." if len(self.constant.get(name, [])) > 8 else ""
            found.append(("columns", f"{name}: {len(sizes)}{shown}" + (f"; constant: {same}{more}" if same else "")))
        found += [("error" if problem.impossible else "warning", problem.message) for problem in self.problems]
        return found if self.problems else [*found, ("problems", "none found")]

    def __str__(self) -> str:
        return "\n".join(f"{heading:<20}{text}" for heading, text in self.lines())

    def _repr_html_(self) -> str:
        rows = [
            f"<tr><th style='text-align:left'>{html.escape(heading)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for heading, text in self.lines()
        ]
        return f"<table>{''.join(rows)}</table>"


def about(name: str, head: Head, loss: Any, y: Any, validation: Any = None) -> OutputReport:
    """The report on one output, without the loss of the model."""
    if y is None:
        return OutputReport(name, head, loss, "none")
    y = np.asarray(y)
    each = {"train": counts(loss, head, y), "validation": counts(loss, head, validation)}
    found = {part: n for part, n in each.items() if n is not None}
    guessing = float(np.log(len(found["train"]))) if "train" in found else None
    targets = f"{free(y.shape)} {y.dtype}, {y.min():.6g}..{y.max():.6g}" if y.size else f"{free(y.shape)} {y.dtype}"
    return OutputReport(name, head, loss, targets, trivial_loss(loss, y, found.get("train")), guessing, classes=found)


def trivial_loss(loss: Any, y: np.ndarray, each: np.ndarray | None = None) -> float | None:
    """The least loss of an answer that is the same for all rows.

    `-sum(p log p)` of the shares `p` of the classes, likewise of yes and no; the variance for the squared error, the
    mean distance from the median for the absolute one.
    """
    if not judged(loss) or not y.size:
        return None
    if isinstance(loss, CLASSES) and each is not None and each.sum():
        return _entropy(each / each.sum())
    if isinstance(loss, BINARY):
        rate = y.reshape(len(y), -1).mean(0, dtype="float64")
        return float(np.mean([_entropy(np.array([p, 1 - p])) for p in rate]))
    flat = y.reshape(len(y), -1).astype("float64")
    if loss.name == "mean_squared_error":
        return float(flat.var(0).mean())
    return float(abs(flat - np.median(flat, 0)).mean()) if loss.name == "mean_absolute_error" else None


def tables(named: list[tuple[str, Any]]) -> dict[str, Any]:
    """Those inputs that are rows of numbers."""
    return {name: x for name, x in named if np.ndim(x) == 2 and x.dtype.kind == "f" and x.size}


def _entropy(p: np.ndarray) -> float:
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
