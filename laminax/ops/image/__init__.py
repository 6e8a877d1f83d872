"""Functions of images: size, place, colour.

`images` is one image `(height, width, channels)` or a batch of them, or, with `"channels_first"`,
`(channels, height, width)`.
"""

from . import colour, patches, resizing, warping
from .colour import *
from .patches import *
from .resizing import *
from .warping import *

__all__: list[str] = []
__all__ += colour.__all__
__all__ += patches.__all__
__all__ += resizing.__all__
__all__ += warping.__all__
