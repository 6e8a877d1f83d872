"""What a check finds: what can't be, which is an error, and what hardly can be meant, which is a warning."""

import sys
import warnings
from collections.abc import Iterable
from typing import NamedTuple

SILENCE = "To silence: warnings.simplefilter('ignore', laminax.objective.ObjectiveWarning)."


class ObjectiveWarning(UserWarning):
    """Training will run, but hardly on what was meant; the message holds the edit."""


class Finding(NamedTuple):
    """One line: what was given, what was expected, the edit to make."""

    impossible: bool
    message: str


def wrong(message: str) -> Finding:
    """What can't be trained: an error before any weight moves."""
    return Finding(True, message)


def odd(message: str) -> Finding:
    """What trains, but hardly as meant: a warning."""
    return Finding(False, message)


def tell(findings: Iterable[Finding], quiet: bool = False) -> None:
    """Raise a `ValueError` for the first impossible finding; warn of the others, unless `quiet`."""
    told = list(findings)
    for finding in told:
        if finding.impossible:
            raise ValueError(finding.message)
    for finding in told if not quiet else ():
        warnings.warn(f"{finding.message} {SILENCE}", ObjectiveWarning, stacklevel=_outside())


def _outside() -> int:
    """How many calls up the user's own line is."""
    package, level, frame = __name__.split(".")[0], 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).split(".")[0] in (
        package,
        "contextlib",
    ):
        frame, level = frame.f_back, level + 1
    return level
