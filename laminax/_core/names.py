"""Names of variables that no layer holds: the scopes in which they are made."""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

_scopes: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("scopes", default=())


@contextlib.contextmanager
def name_scope(
    name: str, caller: Any = None, deduplicate: bool = True, override_parent: str | None = None
) -> Iterator[None]:
    """`with name_scope("encoder"):` lets the paths of variables that are made inside begin with `encoder/`.

    Args:
        name: the name, without a slash.
        caller: without effect; Keras's argument.
        deduplicate: without effect; Keras's argument.
        override_parent: a path that takes the place of the scopes around.
    """
    if not isinstance(name, str) or "/" in name:
        raise ValueError(f"name_scope: name must be a string without a slash; got {name!r}.")
    outer = _scopes.get() if override_parent is None else tuple(filter(None, override_parent.split("/")))
    token = _scopes.set((*outer, name))
    try:
        yield
    finally:
        _scopes.reset(token)


def current_scope() -> str:
    """The scopes around, as the beginning of a path: `encoder/block/`, or nothing."""
    return "".join(f"{name}/" for name in _scopes.get())
