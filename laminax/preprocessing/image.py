"""Images as files and as arrays. See `laminax.utils` and `laminax.ops.image`."""

from typing import Any

import numpy as np

from .. import ops
from ..utils import array_to_img, img_to_array, load_img, save_img

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img", "smart_resize"]


def smart_resize(x: Any, size: Any, interpolation: str = "bilinear", data_format: str = "channels_last") -> Any:
    """Images of another size without distortion: the largest part in the middle with the new aspect ratio, resized.

    Args:
        x: an image, or a batch of them. A NumPy array gives a NumPy array.
        size: height and width.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        data_format: where the channels are.
    """
    resized = ops.image.resize(x, size, interpolation, crop_to_aspect_ratio=True, data_format=data_format)
    return np.asarray(resized) if isinstance(x, np.ndarray) else resized
