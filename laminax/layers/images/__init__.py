"""Layers that prepare images: size, place, shape and colour, with the labels, boxes and masks that belong to them."""

from . import blur, boxes, colour, erasing, geometry, histogram, mixing, policies, resizing, warping
from .blur import *
from .boxes import *
from .colour import *
from .erasing import *
from .geometry import *
from .histogram import *
from .mixing import *
from .policies import *
from .resizing import *
from .warping import *

__all__: list[str] = []
__all__ += blur.__all__
__all__ += boxes.__all__
__all__ += colour.__all__
__all__ += erasing.__all__
__all__ += geometry.__all__
__all__ += histogram.__all__
__all__ += mixing.__all__
__all__ += policies.__all__
__all__ += resizing.__all__
__all__ += warping.__all__
