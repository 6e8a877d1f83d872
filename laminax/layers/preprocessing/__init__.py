"""Layers that prepare data: fixed ones, and ones that learn from the data, not from the loss."""

from . import categories, discretization, hashing, lookup, numbers, pipeline, text
from .categories import *
from .discretization import *
from .hashing import *
from .lookup import *
from .numbers import *
from .pipeline import *
from .text import *

__all__: list[str] = []
__all__ += categories.__all__
__all__ += discretization.__all__
__all__ += hashing.__all__
__all__ += lookup.__all__
__all__ += numbers.__all__
__all__ += pipeline.__all__
__all__ += text.__all__
