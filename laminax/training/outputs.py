"""Outputs of a model by name: how losses, metrics, targets and weights find their output."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax

from .._core.errors import did_you_mean


class Outputs:
    """The names of a model's outputs, in the order of the tree.

    Args:
        tree: the outputs, a single array, a list or a dict (arrays or their shapes).
        names: names for the members of a list, if it has any.
    """

    def __init__(self, tree: Any, names: Sequence[str] | None = None) -> None:
        self.specs = jax.tree.leaves(tree)
        if isinstance(tree, dict):
            paths = jax.tree_util.tree_flatten_with_path(tree)[0]
            self.names = ["/".join(str(getattr(k, "key", getattr(k, "idx", k))) for k in path) for path, _ in paths]
        elif names is not None and len(names) == len(self.specs):
            self.names = list(names)
        else:
            several = isinstance(tree, (list, tuple))
            self.names = [f"output_{i}" for i in range(len(self.specs))] if several else ["output"]

    def __len__(self) -> int:
        return len(self.specs)

    def leaves(self, tree: Any) -> list[Any]:
        """The arrays of a tree of outputs."""
        return jax.tree.leaves(tree)

    def spread(self, given: Any, what: str, missing: Any = None, strict: bool = False) -> list[Any]:
        """One of `given` for each output: from one for all, a list by place, or a dict by name."""
        if isinstance(given, Mapping) and not _is_config(given):
            return self._by_name(given, what, missing, strict)
        if isinstance(given, (list, tuple)):
            if len(given) != len(self):
                raise ValueError(
                    f"{what} has {len(given)} entries; the model has {len(self)} outputs ({self._shown()})."
                )
            return list(given)
        return [given] * len(self)

    def targets(self, given: Any, what: str = "y") -> list[Any]:
        """One array for each output, `None` where there is none."""
        if given is None:
            return [None] * len(self)
        if isinstance(given, Mapping):
            return self._by_name(given, what, None, strict=False)
        if not isinstance(given, (list, tuple)):
            if len(self) != 1:
                raise ValueError(
                    f"{what} is one array; the model has {len(self)} outputs ({self._shown()}): give one for each."
                )
            return [given]
        if len(given) != len(self):
            raise ValueError(f"{what} has {len(given)} arrays; the model has {len(self)} outputs ({self._shown()}).")
        return list(given)

    def _by_name(self, given: Mapping[str, Any], what: str, missing: Any, strict: bool) -> list[Any]:
        for name in given:
            if name not in self.names:
                raise ValueError(
                    f"{what} names an output {name!r} that the model does not have.{did_you_mean(name, self.names)}"
                )
        absent = [name for name in self.names if name not in given]
        if strict and absent:
            raise ValueError(
                f"{what} says nothing of the outputs {', '.join(map(repr, absent))}. Give each an entry, or None."
            )
        return [given.get(name, missing) for name in self.names]

    def _shown(self) -> str:
        return ", ".join(map(repr, self.names))


def _is_config(given: Mapping[str, Any]) -> bool:
    return {"class_name", "config"} <= given.keys()
