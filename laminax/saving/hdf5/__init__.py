"""HDF5, as much of it as Keras writes: groups, and arrays in one piece, with attributes.

Reader and writer are of our own, in Python: what is read comes from strangers, and a library in C that parses it would
be one more thing to trust. Links to other files, virtual and external data, filters and chunks are refused.
"""

from .reader import Dataset, Group, read
from .writer import size, write

__all__ = ["Dataset", "Group", "read", "size", "write"]
