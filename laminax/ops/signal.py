"""Fourier transforms of signals, whole or piece by piece. A complex array is a pair: real and imaginary part."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import dtypes
from .._core.errors import unknown
from .._core.operation import Array, as_array, operation

__all__ = ["extract_sequences", "fft", "fft2", "ifft2", "irfft", "istft", "rfft", "stft"]

# Windows that are sums of cosines, a0 - a1 cos(t) + a2 cos(2t) - ..., by their factors.
_COSINES = {
    "blackman": (0.42, 0.5, 0.08),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "boxcar": (1.0,),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
    "hamming": (0.54, 0.46),
    "hann": (0.5, 0.5),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
}
WINDOWS = (*_COSINES, "bartlett", "cosine", "tukey")


def window_of(window: Any, length: int, periodic: bool = True) -> np.ndarray:
    """The values of a window: by name, given, or ones for `None`.

    Args:
        window: one of `WINDOWS`, an array `(length,)`, or `None`.
        length: the number of values.
        periodic: whether the value after the last would be the first; otherwise the last equals the first.
    """
    if window is None:
        return np.ones(length)
    if not isinstance(window, str):
        if np.shape(window) != (length,):
            raise ValueError(
                f"The shape of `window` must be equal to ({length},), a value a sample; got {np.shape(window)}."
            )
        return np.asarray(window, "float64")
    if window not in WINDOWS:
        raise unknown("window", window, WINDOWS)
    if length == 1:
        return np.ones(1)
    count = length + periodic
    t = np.arange(length) / (count - 1)
    if window in _COSINES:
        return sum((-1) ** k * a * np.cos(2 * np.pi * k * t) for k, a in enumerate(_COSINES[window]))
    if window == "bartlett":
        return 1 - np.abs(2 * t - 1)
    if window == "cosine":
        return np.sin(np.pi * (np.arange(length) + 0.5) / count)
    edge = np.minimum(np.minimum(t, 1 - t), 0.25)  # half of a Tukey window is flat
    return 0.5 * (1 - np.cos(4 * np.pi * edge))


def _complex(x: Any) -> Array:
    """The complex array of a pair of real ones."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"Input `x` should be a tuple of two tensors, real and imaginary part; got {_described(x)}.")
    real, imaginary = map(as_array, x)
    if real.shape != imaginary.shape:
        raise ValueError(f"Both the real and imaginary parts should have the same shape; got {_described(x)}.")
    if not (dtypes.is_float(real) and dtypes.is_float(imaginary)):
        raise ValueError(f"The real and the imaginary part should be floats; got {_described(x)}.")
    return jax.lax.complex(*map(dtypes.at_least_float32, (real, imaginary)))


def _described(x: Any) -> str:
    parts = map(jnp.asarray, x if isinstance(x, (tuple, list)) else [x])
    return ", ".join(f"{part.dtype}{part.shape}" for part in parts)


def _pair(x: Array) -> tuple[Array, Array]:
    return jnp.real(x), jnp.imag(x)


@operation
def fft(x: list[Array]) -> tuple[Array, Array]:
    """The discrete Fourier transform along the last axis, of a pair, as a pair."""
    return _pair(jnp.fft.fft(_complex(x)))


@operation
def fft2(x: list[Array]) -> tuple[Array, Array]:
    """The discrete Fourier transform over the last two axes, of a pair, as a pair."""
    return _pair(jnp.fft.fft2(_complex(x)))


@operation
def ifft2(x: list[Array]) -> tuple[Array, Array]:
    """The inverse of `fft2`."""
    return _pair(jnp.fft.ifft2(_complex(x)))


@operation
def rfft(x: Array, fft_length: int | None = None) -> tuple[Array, Array]:
    """The Fourier transform of a real signal along the last axis: its frequencies 0 .. `fft_length // 2`, as a pair.

    The signal is cut or padded with zeros to `fft_length`, by default its own length.
    """
    return _pair(jnp.fft.rfft(dtypes.at_least_float32(jnp.asarray(x)), fft_length))


@operation
def irfft(x: list[Array], fft_length: int | None = None) -> Array:
    """The inverse of `rfft`; by default the signal has the even length `2 * (frequencies - 1)`."""
    return jnp.fft.irfft(_complex(x), fft_length)


@operation
def extract_sequences(x: Array, sequence_length: int, sequence_stride: int) -> Array:
    """Pieces of a signal `(..., samples)`, each `sequence_stride` after the last, `(..., pieces, sequence_length)`."""
    x = jnp.asarray(x)
    return x[..., _places(x.shape[-1], sequence_length, sequence_stride)]


def _places(size: Any, length: int, stride: int) -> Array:
    """The positions of the samples of each piece of a signal of this size."""
    return stride * jnp.arange((size - length) // stride + 1)[:, None] + jnp.arange(length)


@operation
def stft(
    x: Array, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True
) -> tuple[Array, Array]:
    """The Fourier transforms of pieces of a real signal, `(..., pieces, fft_length // 2 + 1)`, as a pair.

    Args:
        x: `(..., samples)`.
        sequence_length: the length of the window.
        sequence_stride: from one piece to the next.
        fft_length: the length of a piece; the window lies in its middle.
        window: what a piece is multiplied with: a name such as `"hann"` or `"hamming"`, an array
            `(sequence_length,)`, or `None`.
        center: whether piece `i` has its middle, not its start, at `i * sequence_stride`; the signal is mirrored
            at its ends.
    """
    _check_stride("stft", sequence_stride)
    x = jnp.asarray(x)
    if not dtypes.is_float(x):
        raise TypeError(f"stft: the signal must be `float32` or `float64`; got {x.dtype}.")
    x = dtypes.at_least_float32(x)
    size, aside = x.shape[-1], fft_length // 2 if center else 0
    places = _places(size + 2 * aside, fft_length, sequence_stride)
    if center:
        last = jnp.maximum(size - 1, 1)
        places = last - jnp.abs(last - jnp.mod(places - aside, 2 * last))
    return rfft(x[..., places] * _wide_window(window, sequence_length, fft_length).astype(x.dtype))


@operation
def istft(
    x: list[Array],
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Array:
    """The signal `(..., samples)` whose `stft`, with the same arguments, is nearest to `x`.

    Args:
        x: a pair `(..., pieces, frequencies)`.
        sequence_length, sequence_stride, fft_length, window, center: as for `stft`. Without a window the pieces are
            just added.
        length: the number of samples; by default as many as there are.
    """
    _check_stride("istft", sequence_stride)
    pieces = irfft(x, fft_length)
    if pieces.ndim < 2:
        raise ValueError(f"istft: `x` must have the axes (..., pieces, frequencies); got the shape {x[0].shape}.")
    weights = _wide_window(window, sequence_length, fft_length).astype(pieces.dtype)
    signal = _overlapped(pieces * weights, sequence_stride)
    if window is not None:
        total = _overlapped(jnp.broadcast_to(jnp.square(weights), pieces.shape[-2:]), sequence_stride)
        signal = signal / jnp.where(total > 1e-10, total, 1)
    start = fft_length // 2 if center else 0
    stop = signal.shape[-1] - start if length is None else start + length
    return signal[..., start:stop]


def _overlapped(pieces: Array, stride: int) -> Array:
    """The sum of pieces `(..., pieces, length)`, each `stride` after the last."""
    count, length = pieces.shape[-2:]
    size = length + stride * (count - 1)
    return jnp.zeros((*pieces.shape[:-2], size), pieces.dtype).at[..., _places(size, length, stride)].add(pieces)


def _wide_window(window: Any, length: int, fft_length: int) -> np.ndarray:
    """A window in the middle of zeros; ones where there is none."""
    if fft_length < length:
        raise ValueError(
            f"`fft_length` must equal or exceed sequence_length, the window's; got {fft_length} and {length}."
        )
    before = (fft_length - length) // 2
    if window is None:
        return np.ones(fft_length)
    return np.pad(window_of(window, length), (before, fft_length - length - before))


def _check_stride(owner: str, stride: Any) -> None:
    if isinstance(stride, bool) or not isinstance(stride, int) or stride < 1:
        raise ValueError(f"{owner}: `sequence_stride` must be a positive integer; got {stride!r}.")


def mel_matrix(bands: int, frequencies: int, rate: float, low: float, high: float) -> np.ndarray:
    """Weights `(frequencies, bands)` that sum a spectrum over bands of equal width on the mel scale.

    A band is a triangle, on the scale `1127 ln(1 + hertz / 700)`, from the middle of the band before it to that of the
    next. The frequency 0 is in none.

    Args:
        bands: the number of bands.
        frequencies: the size of the spectrum, from 0 to `rate / 2`.
        rate: samples a second.
        low, high: the lowest and the highest frequency, in hertz.
    """
    points = 1127 * np.log1p(np.linspace(0, rate / 2, frequencies)[1:, None] / 700)
    edges = np.linspace(1127 * math.log1p(low / 700), 1127 * math.log1p(high / 700), bands + 2)
    rising = (points - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - points) / (edges[2:] - edges[1:-1])
    return np.pad(np.maximum(0, np.minimum(rising, falling)), ((1, 0), (0, 0)))
