"""Settings of a program, by name."""

import json
from collections.abc import Iterator, MutableMapping
from typing import Any

from .._core.errors import did_you_mean


class Config(MutableMapping[str, Any]):
    """A dict whose entries are also attributes, and which can be frozen.

    Example:

        >>> import laminax as lx
        >>> config = lx.utils.Config(units=64, rate=0.1)
        >>> config.rate = 0.2
        >>> config.freeze()
        >>> config
        Config(units=64, rate=0.2)
    """

    def __init__(self, **kwargs: Any) -> None:
        object.__setattr__(self, "_entries", dict(kwargs))
        object.__setattr__(self, "_frozen", False)

    _entries: dict[str, Any]
    _frozen: bool

    @property
    def frozen(self) -> bool:
        """Whether entries can't be changed."""
        return self._frozen

    def freeze(self) -> None:
        """Refuse changes from now on."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self) -> None:
        """Allow changes again."""
        object.__setattr__(self, "_frozen", False)

    def as_dict(self) -> dict[str, Any]:
        """The entries as a dict."""
        return dict(self._entries)

    def to_json(self) -> str:
        """The entries as JSON."""
        return json.dumps(self._entries)

    def _check(self) -> None:
        if self._frozen:
            raise ValueError("Cannot mutate a frozen Config: call unfreeze() first.")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._entries:
            raise AttributeError(
                f"Config has no entry {name!r}.{did_you_mean(name, self.__dict__.get('_entries', ()))}"
            )
        return self._entries[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._check()
        self._entries[name] = value

    def __delitem__(self, name: str) -> None:
        self._check()
        del self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Config({', '.join(f'{name}={value!r}' for name, value in self._entries.items())})"
