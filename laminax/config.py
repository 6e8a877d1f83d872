"""Settings for a whole program: float type, dtype policy, fuzz factor, layout of images."""

from ._core.dtypes import dtype_policy, set_dtype_policy
from ._core.settings import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)

__all__ = [
    "dtype_policy",
    "epsilon",
    "floatx",
    "image_data_format",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]
