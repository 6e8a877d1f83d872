"""Settings for a whole program: float type, dtype policy, fuzz factor, layout of images, fused attention."""

import jax

from ._core.dtypes import dtype_policy, set_dtype_policy
from ._core.settings import (
    disable_flash_attention,
    disable_interactive_logging,
    enable_flash_attention,
    enable_interactive_logging,
    epsilon,
    floatx,
    image_data_format,
    is_flash_attention_enabled,
    is_interactive_logging_enabled,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from .backend import backend

__all__ = [
    "backend",
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "dtype_policy",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_traceback_filtering_enabled",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]


def enable_traceback_filtering() -> None:
    """Leave the lines of this package and of JAX out of the tracebacks of models' methods, as it is by default."""
    jax.config.update("jax_traceback_filtering", "auto")


def disable_traceback_filtering() -> None:
    """Show all lines in tracebacks: those of this package, and of JAX."""
    jax.config.update("jax_traceback_filtering", "off")


def is_traceback_filtering_enabled() -> bool:
    """Whether the lines of this package and of JAX are left out of tracebacks."""
    return getattr(jax.config, "jax_traceback_filtering", "auto") != "off"
