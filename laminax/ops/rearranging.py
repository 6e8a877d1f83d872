"""Other orders and groups of axes, by a pattern of names."""

import math
import re
from typing import Any

from .._core.operation import Array, operation

__all__ = ["rearrange"]


@operation
def rearrange(tensor: Array, pattern: str, **axes_lengths: int) -> Array:
    """The axes of `tensor` in the order of a pattern, such as `"b h w c -> b c (h w)"`.

    An axis in parentheses is made of several: on the left it is taken apart, for which all sizes but one must be known,
    on the right it is put together.

    Args:
        tensor: an array.
        pattern: names of the axes before and after `->`, the same names on both sides.
        axes_lengths: sizes of axes, by name.

    Raises:
        ValueError: if the pattern does not fit the array.
    """
    sides = [re.findall(r"\([^()]*\)|[^\s()]+", side) for side in pattern.split("->")]
    groups = [[group.strip("()").split() for group in side] for side in sides]
    names = [[name for group in side for name in group] for side in groups]
    if len(names) != 2 or sorted(names[0]) != sorted(names[1]) or len(set(names[0])) != len(names[0]):
        raise ValueError(
            f"rearrange: the pattern must have the same names, each once, before and after ->: {pattern!r}."
        )
    if len(groups[0]) != tensor.ndim:
        raise ValueError(f"rearrange: the pattern {pattern!r} is for {len(groups[0])} axes; got {tensor.shape}.")
    sizes = _sizes(groups[0], tensor.shape, axes_lengths, pattern)
    apart = tensor.reshape([sizes[name] for name in names[0]])
    ordered = apart.transpose([names[0].index(name) for name in names[1]])
    return ordered.reshape([math.prod(sizes[name] for name in group) for group in groups[1]])


def _sizes(groups: list[list[str]], shape: Any, known: dict[str, int], pattern: str) -> dict[str, Any]:
    sizes: dict[str, Any] = dict(known)
    for group, size in zip(groups, shape):
        free = [name for name in group if name not in sizes]
        rest = math.prod(sizes[name] for name in group if name in sizes)
        if len(free) > 1:
            raise ValueError(f"rearrange: give the size of all but one of {', '.join(free)} in {pattern!r}.")
        if size % rest or (not free and size != rest):
            raise ValueError(f"rearrange: an axis of size {size} can't be ({' '.join(group)}) with the sizes {known}.")
        sizes.update((name, size // rest) for name in free)
    return sizes
