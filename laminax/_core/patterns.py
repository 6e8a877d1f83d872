"""Objects by the paths of what they are for: an exact path, a pattern of paths, or the default."""

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Self

from .config import Configurable
from .file_errors import UnsafeFileError

REPEATS = 3  # of a pattern in a config: what more of them take can grow beyond all bounds


def check_patterns(patterns: Iterable[Any]) -> None:
    """Raise an `UnsafeFileError` for a pattern from a config that could take very long."""
    for pattern in patterns:
        repeats = re.findall(r"[*+{]", str(pattern))
        if len(repeats) > REPEATS or re.search(r"\)\s*[*+?{]", str(pattern)):
            raise UnsafeFileError(
                f"the pattern {str(pattern)[:60]!r} could take very long: at most {REPEATS} repetitions, and none of "
                "a group, may stand in a config."
            )


class PatternMap(MutableMapping[str, Any], Configurable):
    """A mapping whose keys are paths, or regular expressions that match whole paths.

    Looking up a path gives the object of that key, else of the one pattern that matches it, else the default.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Any] = {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new map, as `get_config` says."""
        for value in config.values():
            check_patterns(value if isinstance(value, Mapping) else ())
        return super().from_config(config)

    @property
    def default(self) -> Any:
        """What belongs to a path that is no key and matches none."""
        raise NotImplementedError

    def __getitem__(self, path: str) -> Any:
        if path in self._entries:
            return self._entries[path]
        matching = [pattern for pattern in self._entries if re.fullmatch(pattern, path)]
        if len(matching) > 1:
            raise ValueError(f"{type(self).__name__}: {path!r} matches {' and '.join(map(repr, matching))}.")
        return self._entries[matching[0]] if matching else self.default

    def __setitem__(self, path: str, value: Any) -> None:
        if not isinstance(path, str):
            raise ValueError(f"{type(self).__name__}: a key must be a string; got {path!r}.")
        if path in self._entries:
            raise ValueError(f"{path} already exist in the {type(self).__name__}. Delete it first.")
        self._entries[path] = self.checked(value)

    def checked(self, value: Any) -> Any:
        """A value as it is kept, or an error."""
        return value

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def __delitem__(self, path: str) -> None:
        del self._entries[path]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)
