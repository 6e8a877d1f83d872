"""Whether a loss and the end of an output fit each other, whatever the data."""

from collections.abc import Iterator
from typing import Any

from .families import BINARY, CLASSES, COUNTS, MARGINS, NUMBERS, ONE_HOT, SHARES, judged, over_last_axis
from .finding import Finding, odd, wrong
from .heads import Head


def pair(loss: Any, head: Head, output: str = "the output") -> Iterator[Finding]:
    """What is wrong or odd about a loss on a head; nothing for losses of the user's own.

    Args:
        loss: the output's loss.
        head: how it ends.
        output: the words by which a user finds it.
    """
    if head.activation == "softmax" and head.units == 1:
        yield wrong(
            f"{_first(output)} has 1 unit with a softmax, which is always 1. For yes or no use "
            "activation='sigmoid' with loss='binary_crossentropy'; for two classes give 2 units."
        )
    elif judged(loss):
        for family, rule in RULES:
            if isinstance(loss, family):
                yield from rule(loss, head, output)


def _classes(loss: Any, head: Head, output: str) -> Iterator[Finding]:
    if not over_last_axis(loss, len(head.shape)):
        return
    sparse = not isinstance(loss, ONE_HOT)
    if head.units == 1:
        yield wrong(
            f"loss={loss.name!r} on 1 unit is always 0. For yes or no use activation='sigmoid' with "
            f"loss='binary_crossentropy'; for classes give {output} a unit for each."
        )
    elif head.last == "linear" and not loss_takes_logits(loss):
        yield _needs_logits(loss, output, "softmax")
    elif head.activation == "sigmoid" and loss_takes_logits(loss):
        yield _twice(loss, output, head)
    elif head.activation == "sigmoid":
        other = "" if sparse else ", or loss='binary_crossentropy' for labels that are independent"
        yield odd(
            f"loss={loss.name!r} is of classes of which one is right, but {output} ends in a sigmoid, whose units know "
            f"nothing of each other: use activation='softmax'{other}."
        )
    elif head.last in ("tanh", "relu") and not loss_takes_logits(loss):
        yield _no_probabilities(loss, output, head, "softmax")


def _binary(loss: Any, head: Head, output: str) -> Iterator[Finding]:
    if head.last == "linear" and not loss_takes_logits(loss):
        yield _needs_logits(loss, output, "sigmoid")
    elif head.activation == "softmax" and loss_takes_logits(loss):
        yield _twice(loss, output, head)
    elif head.activation == "softmax":
        yield odd(
            f"loss={loss.name!r} is of independent labels, but {output} ends in a softmax, whose {head.units} units "
            "sum to 1: use loss='categorical_crossentropy', or activation='sigmoid' for independent labels."
        )
    elif head.last in ("tanh", "relu", "softplus", "exponential") and not loss_takes_logits(loss):
        yield _no_probabilities(loss, output, head, "sigmoid")


def _numbers(loss: Any, head: Head, output: str) -> Iterator[Finding]:
    if head.activation == "softmax":
        yield odd(
            f"loss={loss.name!r} on a softmax learns slowly where it is most wrong: for classes use "
            "loss='categorical_crossentropy' (one-hot) or 'sparse_categorical_crossentropy' (integers); for a "
            "regression leave the activation out."
        )


def _counts(loss: Any, head: Head, output: str) -> Iterator[Finding]:
    if head.last in ("linear", "tanh"):
        yield odd(
            f"loss={loss.name!r} takes rates above 0, but {output} ends in {_end(head)}, which goes below: use "
            "activation='exponential' or 'softplus'."
        )


def _shares(loss: Any, head: Head, output: str) -> Iterator[Finding]:
    if head.last in ("linear", "tanh", "relu"):
        yield odd(
            f"loss={loss.name!r} compares distributions, but {output} ends in {_end(head)}: use activation='softmax'."
        )


def _margins(loss: Any, head: Head, output: str) -> Iterator[Finding]:
    if head.activation is not None:
        better = "binary_crossentropy" if head.activation == "sigmoid" else "categorical_crossentropy"
        yield odd(
            f"loss={loss.name!r} wants numbers beyond -1 and 1, but {output} ends in a {head.activation}, which stays "
            f"within 0..1: leave the activation out, or use loss={better!r}."
        )


RULES: tuple[tuple[tuple[type, ...], Any], ...] = (
    (CLASSES, _classes),
    (BINARY, _binary),
    (NUMBERS, _numbers),
    (COUNTS, _counts),
    (SHARES, _shares),
    (MARGINS, _margins),
)


def loss_takes_logits(loss: Any) -> bool:
    """Whether a loss was told that it gets logits."""
    return bool(getattr(loss, "from_logits", False))


def _needs_logits(loss: Any, output: str, activation: str) -> Finding:
    return wrong(
        f"loss={loss.name!r} takes probabilities, but {output} ends in a layer without activation: give it "
        f"activation={activation!r}, or use loss=losses.{type(loss).__name__}(from_logits=True)."
    )


def _twice(loss: Any, output: str, head: Head) -> Finding:
    return wrong(
        f"losses.{type(loss).__name__}(from_logits=True) takes logits, but {output} ends in a {head.activation}: "
        f"leave the activation out, or use loss={loss.name!r} with the activation that belongs to it."
    )


def _no_probabilities(loss: Any, output: str, head: Head, activation: str) -> Finding:
    return odd(
        f"loss={loss.name!r} takes probabilities, but {output} ends in {_end(head)}: use activation={activation!r}."
    )


def _end(head: Head) -> str:
    return "a layer without activation" if head.last == "linear" else f"activation={head.last!r}"


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]
