"""Values from a file into a model: all that is in the file, or nothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import compat
from .._core.file_errors import CorruptFileError, IncompatibleWeightsError, in_file
from .._core.holder import own_variables
from .._core.reading import located
from .._core.variable import Variable, holding
from ..layers.keras_names import KerasNames
from ..optimizers import Optimizer
from .hdf5 import Group
from .layout import objects
from .report import Restored

_SHOWN = 5
_KINDS = {"f": "float", "V": "float", "i": "integer", "u": "integer", "b": "bool", "c": "complex"}


class Restoring:
    """Matches variables with arrays of a file, and assigns once all fit.

    Args:
        report: where to say what was read.
        lenient: leave out what does not fit, with a warning.
    """

    def __init__(self, report: Restored, lenient: bool = False) -> None:
        self.report, self.lenient = report, lenient
        self.missing: list[str] = []
        self.unknown: list[str] = []
        self.other: list[str] = []
        self.pairs: list[tuple[str, Variable, Any]] = []
        self.later: list[tuple[str, Callable[[], None]]] = []
        self.owners: list[Any] = []

    def match(self, path: str, variable: Variable, stored: Any) -> None:
        """Let a variable take an array that has `shape`, `dtype` and `read()`."""
        kinds = [_kind(stored.dtype), _kind(jnp.dtype(variable.dtype))]
        if tuple(stored.shape) != variable.shape:
            self.other.append(
                f"{path} has the shape {tuple(stored.shape)}, the model's {variable.path} {variable.shape}"
            )
        elif kinds[0] != kinds[1]:
            self.other.append(f"{path} is {stored.dtype}, the model's {variable.path} {variable.dtype}")
        else:
            self.pairs.append((path, variable, stored))

    def finish(self, strict_finite: bool = False) -> None:
        """Read the arrays, and assign them.

        Raises:
            IncompatibleWeightsError: if anything did not fit; then no variable has changed.
        """
        if problems := list(self._problems()):
            if not self.lenient:
                raise IncompatibleWeightsError(f"does not fit the model: {'; '.join(problems)}.")
            self.report.warn(f"left out what does not fit: {'; '.join(problems)}.")
        values = [self._read(path, variable, stored) for path, variable, stored in self.pairs]
        self._check_finite(values, strict_finite)
        for i, (_, variable, _) in enumerate(self.pairs):
            variable.assign(values[i])
            values[i] = None
        for path, load in self.later:
            with in_file(member=path), located("can't be loaded", of_file=True):
                load()
        for owner in self.owners:
            owner.after_loading()
        self.report.weights += len({id(variable) for _, variable, _ in self.pairs})

    def _problems(self) -> Iterator[str]:
        for words, found in (("lacks ", self.missing), ("has unknown ", self.unknown), ("", self.other)):
            if found:
                more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
                yield f"{words}{', '.join(found[:_SHOWN])}{more}"

    def _read(self, path: str, variable: Variable, stored: Any) -> Any:
        with in_file(member=path):
            found = stored.read()
            wanted = jnp.dtype(variable.dtype)
            if found.dtype != wanted:
                self.report.notes.append(f"{path} converted from {found.dtype} to {wanted}")
                if _kind(wanted) == "integer" and found.size:
                    limits = jnp.iinfo(wanted)
                    if not (limits.min <= int(found.min()) and int(found.max()) <= limits.max):
                        raise IncompatibleWeightsError(f"has integers that do not fit the model's {wanted}.")
                with np.errstate(over="ignore"):
                    found = found.astype(wanted)
            return compat.on_device(found)

    def _check_finite(self, values: list[Any], strict: bool) -> None:
        bad = [
            path
            for (path, variable, _), value in zip(self.pairs, values)
            if _kind(value.dtype) == "float" and not np.isfinite(np.asarray(value, "float32")).all()
        ]
        if bad and strict:
            raise CorruptFileError(f"has numbers that are not finite in {', '.join(bad[:_SHOWN])}.")
        if bad:
            self.report.warn(f"has numbers that are not finite in {', '.join(bad[:_SHOWN])}.")


def _kind(dtype: Any) -> str:
    return _KINDS.get(np.dtype(dtype).kind, "other")


# Keras 3: arrays by the way to their layer.


def layer_arrays(root: Any) -> dict[str, Any]:
    """The arrays of a model's layers, by path."""
    owners = [(path, owner) for path, owner in objects(root) if not isinstance(owner, Optimizer)]
    special = {
        v: x for _, owner in owners if hasattr(owner, "values_in_files") for v, x in owner.values_in_files().items()
    }
    cells = {str(variable.number): variable for variable in special}
    found: dict[str, Any] = {}
    with holding(cells, {str(variable.number): value for variable, value in special.items()}):
        for path, owner in owners:
            store: dict[str, Any] = {}
            owner.save_own_variables(store)
            for where in (path, *(f"{path}/{name}" for name in getattr(owner, "keras_copies", ()))):
                found.update({f"{where}/vars/{name}" if where else f"vars/{name}": v for name, v in store.items()})
    return found


def match_objects(root: Any, found: Group, restoring: Restoring) -> None:
    """Match the layers of a model with the groups of a file; the optimizer's group is left for later."""
    wanted: set[str] = set()
    for path, owner in objects(root):
        if isinstance(owner, Optimizer):
            continue
        where = f"{path}/vars" if path else "vars"
        restoring.owners += [owner] if hasattr(owner, "after_loading") else []
        group = found.at(where)
        stored = dict(group.items()) if isinstance(group, Group) else {}
        if type(owner).load_own_variables is not KerasNames.load_own_variables:
            _match_by_method(owner, where, stored, restoring)
            wanted |= {f"{where}/{name}" for name in stored}
            continue
        own = own_variables(owner)
        for i, variable in enumerate(own):
            name = f"{where}/{i}"
            if str(i) in stored and not isinstance(stored[str(i)], Group):
                restoring.match(name, variable, stored[str(i)])
            else:
                restoring.missing.append(f"{name} ({variable.path})")
            wanted.add(name)
    unknown = [path for path, _ in found.walk() if path not in wanted and not path.startswith("optimizer/")]
    restoring.unknown += [path for path in unknown if not _is_copy(path, wanted)]


def _is_copy(path: str, wanted: set[str]) -> bool:
    """Whether an array is one that Keras keeps twice: for a text layer, and for the lookup inside it."""
    return path.replace("/_lookup_layer/", "/") in wanted


def _match_by_method(owner: Any, where: str, stored: Mapping[str, Any], restoring: Restoring) -> None:
    """Leave it to a method of the layer's own what to do with its arrays."""
    if stored:
        arrays = {name: item.read() for name, item in stored.items() if not isinstance(item, Group)}
        restoring.later.append((where, lambda: owner.load_own_variables(arrays)))
