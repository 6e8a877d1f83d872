"""Sequences of different lengths. See `laminax.utils`."""

from ..utils import pad_sequences

__all__ = ["pad_sequences"]
