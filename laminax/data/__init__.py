"""Data: arrays and streams into batches."""

from .split import split as split
