"""Spectrograms: which frequencies sound when."""

import math
from typing import Any

import jax.numpy as jnp

from .. import initializers
from .._core import checks, context, dtypes, settings
from ..ops.convolution import conv
from ..ops.signal import mel_matrix, stft, window_of
from .convolution import check_window
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["MelSpectrogram", "STFTSpectrogram"]


class MelSpectrogram(Layer):
    """How loud the bands of the mel scale are in each piece of a signal, in decibel.

    Input `(batch, samples)` or `(samples,)`. Output `(batch, bands, pieces)` or `(bands, pieces)`: the Fourier
    transform of each piece, `|stft| ** mag_exp`, summed over bands (`ops.signal.mel_matrix`), and
    `10 log10(max(power, min_power) / max(ref_power, min_power))`, at most `top_db` below the loudest of the batch.

    Args:
        fft_length: the length of a piece.
        sequence_stride: samples from one piece to the next.
        sequence_length: the length of the window, `fft_length` by default.
        window: what a piece is multiplied with: `"hann"`, `"hamming"` or another name, an array `(sequence_length,)`,
            or `None`.
        sampling_rate: samples a second.
        num_mel_bins: the number of bands.
        min_freq, max_freq: the lowest and the highest frequency, in hertz; by default up to half the sampling rate.
        power_to_db: whether the output is in decibel.
        top_db: the range of the output.
        mag_exp: the power of the magnitude: 1 for magnitudes, 2 for powers.
        min_power: the least power that is told from silence.
        ref_power: the power of 0 decibel.
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: float = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fft_length = checks.integer(self, "fft_length", fft_length)
        self.sequence_stride = checks.integer(self, "sequence_stride", sequence_stride)
        self.sequence_length = checks.integer(self, "sequence_length", sequence_length or fft_length)
        self.window = window
        self.sampling_rate = sampling_rate
        self.num_mel_bins = checks.integer(self, "num_mel_bins", num_mel_bins)
        self.min_freq = checks.number(self, "min_freq", min_freq)
        self.max_freq = max_freq or int(checks.number(self, "sampling_rate", sampling_rate, beyond=True) / 2)
        self.power_to_db = power_to_db
        self.top_db = checks.number(self, "top_db", top_db)
        self.mag_exp = checks.number(self, "mag_exp", mag_exp, beyond=True)
        self.min_power = checks.number(self, "min_power", min_power, beyond=True)
        self.ref_power = ref_power
        self.input_spec = InputSpec(min_ndim=1)
        window_of(window, self.sequence_length)
        if self.fft_length < self.sequence_length:
            rule = f"must be greater than or equal to sequence_length ({self.sequence_length})"
            raise checks.refused(self, "fft_length", rule, fft_length)
        if self.min_freq >= self.max_freq:
            raise checks.refused(self, "min_freq", f"must be less than max_freq ({self.max_freq})", min_freq)

    def call(self, inputs: Array) -> Array:
        signal = dtypes.at_least_float32(inputs)
        real, imag = stft(signal, self.sequence_length, self.sequence_stride, self.fft_length, self.window)
        power = jnp.square(real) + jnp.square(imag)
        sounds = power > 0  # the slope of a root at zero is infinite
        loudness = jnp.where(sounds, jnp.where(sounds, power, 1) ** (self.mag_exp / 2), 0)
        size = self.fft_length // 2 + 1
        bands = mel_matrix(self.num_mel_bins, size, self.sampling_rate, self.min_freq, self.max_freq)
        outputs = jnp.swapaxes(loudness @ jnp.asarray(bands, signal.dtype), -1, -2)
        return (self._in_decibel(outputs) if self.power_to_db else outputs).astype(self.compute_dtype)

    def _in_decibel(self, power: Array) -> Array:
        reference = max(abs(self.ref_power), self.min_power)
        outputs = 10 * jnp.log10(jnp.maximum(power, self.min_power)) - 10 * math.log10(reference)
        frame, counted = context.current(), outputs
        if (
            frame is not None and frame.rows is not None and outputs.ndim > 2
        ):  # those that only pad the batch are not heard
            rows = frame.rows.reshape((-1,) + (1,) * (outputs.ndim - 1))
            counted = jnp.where(rows, outputs, -jnp.inf)
        return jnp.maximum(outputs, jnp.max(counted) - self.top_db)


class STFTSpectrogram(Layer):
    """Which frequencies are in each piece of a signal, by a convolution with sines and cosines, which can be trained.

    Input `(batch, samples, channels)`. Output `(batch, pieces, channels * frequencies)`, channel after channel, or,
    with `expand_dims`, images `(batch, pieces, frequencies, channels)`, with `fft_length // 2 + 1` frequencies.

    Args:
        mode: `"log"`, `"magnitude"`, `"psd"` (power spectral density), `"real"`, `"imag"`, `"angle"`, or `"stft"`, the
            real parts and then the imaginary ones.
        frame_length: the length of a piece.
        frame_step: samples from one piece to the next; half of `frame_length` by default.
        fft_length: how fine the frequencies are; at least `frame_length`, by default the next power of two.
        window: what a piece is multiplied with: a name such as `"hann"`, an array `(frame_length,)`, or `None`.
        periodic: whether the window goes on periodically.
        scaling: `"density"` divides by the root of the window's sum of squares, `"spectrum"` by its sum.
        padding: `"valid"` (none) or `"same"` (zeros at the ends).
        expand_dims: whether frequencies and channels have an axis each.
        data_format: `"channels_last"`, or `"channels_first"`: `(batch, channels, samples)` becomes
            `(batch, channels * frequencies, pieces)` or `(batch, channels, pieces, frequencies)`.

    Raises:
        TypeError: if the signal is not of a float type.
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        modes = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
        self.mode = checks.choice(self, "mode", mode, modes)
        self.frame_length = checks.integer(self, "frame_length", frame_length)
        self.frame_step = frame_step if frame_step is None else checks.integer(self, "frame_step", frame_step)
        self.fft_length = fft_length if fft_length is None else checks.integer(self, "fft_length", fft_length)
        self.window = window
        self.periodic = periodic
        self.scaling = scaling
        self.padding = checks.choice(self, "padding", padding, ("valid", "same"))
        self.expand_dims = expand_dims
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=3)
        self._sides = [mode] if mode in ("real", "imag") else ["real", "imag"]
        self._kernels = {side: initializers.STFT(side, window, scaling, periodic) for side in self._sides}
        window_of(window, self.frame_length)
        if frame_step is not None and frame_step > frame_length:
            raise checks.refused(self, "frame_step", f"must not exceed frame_length ({frame_length})", frame_step)
        if fft_length is not None and fft_length < frame_length:
            raise checks.refused(self, "fft_length", f"must be at least frame_length ({frame_length})", fft_length)

    def build(self, input_shape: Any) -> None:
        length = self.fft_length or 1 << (self.frame_length - 1).bit_length()
        shape = self.frame_length, 1, length // 2 + 1
        for side, start in self._kernels.items():
            setattr(self, f"{side}_kernel", self.add_weight(shape, start, name=f"{side}_kernel"))

    def call(self, inputs: Array) -> Array:
        if not dtypes.is_float(inputs):
            raise TypeError(f"Layer {self.name!r} (STFTSpectrogram) takes floats; got {inputs.dtype}.")
        first = self.data_format == "channels_first"
        signal = inputs if first else jnp.swapaxes(inputs, 1, 2)
        batch, channels, samples = signal.shape
        check_window(self, inputs.shape, (self.frame_length,), (1,))
        kernel = jnp.concatenate([getattr(self, f"{side}_kernel").value for side in self._kernels], -1)
        step = self.frame_step or self.frame_length // 2
        waves = conv(signal.reshape(batch * channels, samples, 1), kernel, step, self.padding)
        outputs = self._spectrum(dtypes.at_least_float32(waves)).astype(inputs.dtype)
        outputs = outputs.reshape(batch, channels, *outputs.shape[1:])
        if self.expand_dims:
            return outputs if first else jnp.moveaxis(outputs, 1, -1)
        if first:
            return jnp.swapaxes(outputs, 2, 3).reshape(batch, -1, outputs.shape[2])
        return jnp.swapaxes(outputs, 1, 2).reshape(batch, outputs.shape[2], -1)

    def _spectrum(self, waves: Array) -> Array:
        """What `mode` says, `(..., pieces, frequencies)`, of the real and the imaginary parts."""
        if self.mode in ("real", "imag", "stft"):
            return waves
        real, imag = jnp.split(waves, 2, -1)
        power = jnp.square(real) + jnp.square(imag)
        if self.mode == "angle":
            return jnp.arctan2(imag, jnp.where(power == 0, 1, real))  # where there is none, its slope would be infinite
        if self.mode == "psd":  # all frequencies but the first and the last stand for their negatives too
            return power.at[..., 1:-1].multiply(2)
        magnitude = jnp.sqrt(jnp.maximum(power, settings.epsilon()))
        return magnitude if self.mode == "magnitude" else jnp.log(jnp.maximum(magnitude, settings.epsilon()))
