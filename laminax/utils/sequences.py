"""Sequences of different lengths as one array."""

from typing import Any

import numpy as np

from .._core.errors import named_arguments, unknown


@named_arguments
def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences as the rows of an array `(sequences, maxlen, ...)`: cut where they are longer, filled where shorter.

    Args:
        sequences: a list of lists or arrays.
        maxlen: the length; `None` is that of the longest.
        dtype: the type of the array; `object` for text.
        padding: where the filling is: `"pre"`, at the start, or `"post"`.
        truncating: where they are cut.
        value: what fills them.

    Example:

        >>> import laminax as lx
        >>> lx.utils.pad_sequences([[1, 2, 3], [4]])
        array([[1, 2, 3],
               [0, 0, 4]], dtype=int32)
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise unknown(name, side, ("pre", "post"))
    if not hasattr(sequences, "__len__") or not all(hasattr(s, "__len__") for s in sequences):
        raise ValueError(f"pad_sequences: `sequences` must be a list of iterables; got {sequences!r}.")
    kind = np.dtype(dtype)
    if isinstance(value, str) and kind.kind not in "OUS":
        raise ValueError(
            f"pad_sequences: `dtype` {dtype} is not compatible with the value {value!r}: use dtype=object."
        )
    rows = [np.asarray(s, kind) for s in sequences]
    length = max(map(len, rows), default=0) if maxlen is None else maxlen
    shape = next((row.shape[1:] for row in rows if len(row)), ())
    padded = np.full((len(rows), length, *shape), value, kind)
    for i, row in enumerate(rows):
        if len(row) and row.shape[1:] != shape:
            raise ValueError(f"pad_sequences: steps of sequence {i} have the shape {row.shape[1:]}, of others {shape}.")
        if kept := min(len(row), length):
            part = row[len(row) - kept :] if truncating == "pre" else row[:kept]
            padded[i, slice(length - kept, None) if padding == "pre" else slice(kept)] = part
    return padded
