"""Global settings: the float type, the fuzz factor, the layout of images, fused attention, moving bars."""

from .errors import shown, unknown

_floatx = "float32"
_epsilon = 1e-7
_image_data_format = "channels_last"
_flash_attention: bool | None = None
_interactive = True
FLOATS = ("float16", "bfloat16", "float32", "float64")


def floatx() -> str:
    """The default float type of weights and data, `"float32"` unless set."""
    return _floatx


@shown
def set_floatx(value: str) -> None:
    """Set the default float type."""
    global _floatx
    if value not in FLOATS:
        raise unknown("float type", value, FLOATS)
    _floatx = value


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite, 1e-7 unless set."""
    return _epsilon


@shown
def set_epsilon(value: float) -> None:
    """Set the fuzz factor."""
    global _epsilon
    _epsilon = float(value)


def image_data_format() -> str:
    """`"channels_last"` (batch, height, width, channels) unless set to `"channels_first"`."""
    return _image_data_format


@shown
def set_image_data_format(data_format: str) -> None:
    """Set the default layout of images."""
    global _image_data_format
    _image_data_format = standardize_data_format(data_format)


def standardize_data_format(data_format: str | None) -> str:
    """`data_format`, or the default where it is `None`."""
    if data_format is None:
        return _image_data_format
    if data_format not in ("channels_last", "channels_first"):
        raise unknown("data_format", data_format, ("channels_last", "channels_first"))
    return data_format


def enable_flash_attention() -> None:
    """Compute attention by the device's fused kernel; an error where it has none."""
    global _flash_attention
    _flash_attention = True


def disable_flash_attention() -> None:
    """Compute attention without a fused kernel."""
    global _flash_attention
    _flash_attention = False


def is_flash_attention_enabled() -> bool | None:
    """What was set; `None` where nothing was: then the fused kernel is used where there is one."""
    return _flash_attention


def enable_interactive_logging() -> None:
    """Show bars that move, where they can be shown. So it is by default."""
    global _interactive
    _interactive = True


def disable_interactive_logging() -> None:
    """Print lines only, as a log file wants them."""
    global _interactive
    _interactive = False


def is_interactive_logging_enabled() -> bool:
    """Whether bars may move."""
    return _interactive
