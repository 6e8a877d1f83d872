"""Spectrograms and Fourier transforms: what is refused, and what holds of their numbers."""

import json

import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close, assert_finite

from laminax import Input, initializers, layers
from laminax.ops import signal

RNG = np.random.default_rng(5)
SIGNAL = RNG.normal(size=(2, 64)).astype("float32")


@pytest.mark.parametrize(
    ("cls", "arguments", "message"),
    [
        (
            layers.MelSpectrogram,
            {"fft_length": 8, "sequence_length": 9},
            "must be greater than or equal to sequence_length",
        ),
        (layers.MelSpectrogram, {"num_mel_bins": 0}, "`num_mel_bins` must be a positive integer; got 0"),
        (layers.MelSpectrogram, {"sequence_stride": -1}, "`sequence_stride` must be a positive integer; got -1"),
        (layers.MelSpectrogram, {"sampling_rate": 0}, "`sampling_rate` must be a number > 0; got 0"),
        (
            layers.MelSpectrogram,
            {"min_freq": 90, "max_freq": 80},
            "`min_freq` must be less than max_freq \\(80\\); got 90",
        ),
        (layers.MelSpectrogram, {"window": "han"}, "Unknown window 'han'. Did you mean 'hann'"),
        (layers.MelSpectrogram, {"fft_length": 8, "window": np.ones(7)}, r"`window` must be equal to \(8,\)"),
        (layers.STFTSpectrogram, {"mode": "power"}, "STFTSpectrogram: argument `mode` can't be 'power'"),
        (layers.STFTSpectrogram, {"frame_step": 300}, r"`frame_step` must not exceed frame_length \(256\); got 300"),
        (layers.STFTSpectrogram, {"frame_step": 0}, "`frame_step` must be a positive integer; got 0"),
        (layers.STFTSpectrogram, {"fft_length": 128}, r"`fft_length` must be at least frame_length \(256\); got 128"),
        (layers.STFTSpectrogram, {"scaling": "l2"}, "Unknown scaling 'l2'"),
        (layers.STFTSpectrogram, {"padding": "full"}, "STFTSpectrogram: argument `padding` can't be 'full'"),
        (layers.STFTSpectrogram, {"window": "unknowable"}, "Unknown window 'unknowable'"),
        (initializers.STFT, {"side": "left"}, "Unknown side 'left'"),
    ],
)
def test_bad_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**arguments)


def test_bad_calls():
    with pytest.raises(ValueError, match="expects an input with 3 axes"):
        layers.STFTSpectrogram()(SIGNAL)
    with pytest.raises(TypeError, match="takes floats; got int32"):
        layers.STFTSpectrogram()(np.ones((2, 300, 1), "int32"))
    with pytest.raises(ValueError, match=r"makes kernels \(steps, 1, frequencies\); got the shape \(4, 2, 3\)"):
        initializers.STFT()((4, 2, 3))
    with pytest.raises(TypeError, match="`float32` or `float64`; got int32"):
        signal.stft(jnp.arange(9), 4, 2, 4)
    with pytest.raises(ValueError, match=r"`sequence_stride` must be a positive integer; got 1\.5"):
        signal.stft(SIGNAL, 4, 1.5, 4)
    with pytest.raises(ValueError, match="`fft_length` must equal or exceed sequence_length"):
        signal.stft(SIGNAL, 4, 1, 2)
    with pytest.raises(ValueError, match=r"a tuple of two tensors, .* got float32\(2, 64\)"):
        signal.fft(SIGNAL)


@pytest.mark.parametrize("name", signal.WINDOWS)
def test_windows(name):
    """Symmetric, at most 1, and periodic ones are longer ones without their last value."""
    window = signal.window_of(name, 9, periodic=False)
    assert_close(window, window[::-1])
    assert window.max() == pytest.approx(1)
    np.testing.assert_array_equal(signal.window_of(name, 8), window[:-1])
    np.testing.assert_array_equal(signal.window_of(name, 1), [1])


@pytest.mark.parametrize(("window", "center"), [("hann", True), ("hamming", False), (np.arange(1.0, 13), True)])
def test_a_signal_comes_back(window, center):
    how = {"sequence_length": 12, "sequence_stride": 4, "fft_length": 16, "window": window, "center": center}
    found = signal.istft(signal.stft(SIGNAL, **how), length=64, **how)
    assert_close(found[:, 4:-4], SIGNAL[:, 4:-4], 1e-5)


def test_transforms_are_numpys():
    pair = SIGNAL, SIGNAL[::-1]
    whole = pair[0] + 1j * pair[1]
    for name in ("fft", "fft2", "ifft2"):
        wanted = getattr(np.fft, name)(whole)
        assert_close(getattr(signal, name)(pair), (wanted.real.astype("float32"), wanted.imag.astype("float32")), 1e-5)
    for length in (None, 15, 80):
        real, imag = signal.rfft(SIGNAL, length)
        wanted = np.fft.rfft(SIGNAL, length)
        assert_close((real, imag), (wanted.real.astype("float32"), wanted.imag.astype("float32")), 1e-5)
        assert_close(signal.irfft((real, imag), length), np.fft.irfft(wanted, length).astype("float32"))
    np.testing.assert_array_equal(signal.extract_sequences(np.arange(6), 3, 2), [[0, 1, 2], [2, 3, 4]])
    real, imag = signal.stft(Input(batch_shape=(None, None)), 8, 4, 8)
    assert real.shape == imag.shape == (None, None, 5)


def test_the_kernel_is_the_transform():
    """The convolution with the initial kernels is the Fourier transform of each piece."""
    layer = layers.STFTSpectrogram("stft", frame_length=8, frame_step=4, window="hann", periodic=True, scaling=None)
    real, imag = signal.stft(SIGNAL, 8, 4, 8, center=False)
    assert_close(layer(SIGNAL[..., None]), jnp.concatenate([real, imag], -1), 1e-5)
    window = signal.window_of("hann", 8, periodic=False)
    for scaling, scale in (("density", np.sqrt(np.sum(window**2))), ("spectrum", np.sum(window))):
        kernel = initializers.STFT("real", "hann", scaling)((8, 1, 5))
        assert_close(kernel[:, 0, 0], (window / scale).astype("float32"))
    assert initializers.get("STFTInitializer").get_config() == initializers.STFT().get_config()


def test_channels_are_apart():
    """Frequencies of a channel stand together, in both layouts; a window can be given, and saved."""
    x = RNG.normal(size=(2, 40, 3)).astype("float32")
    how = {"mode": "psd", "frame_length": 8, "window": list(range(1, 9))}
    whole = layers.STFTSpectrogram(**how)
    single = [whole.from_config(json.loads(json.dumps(whole.get_config())))(x[..., i : i + 1]) for i in range(3)]
    assert_close(whole(x), jnp.concatenate(single, -1))
    assert_close(layers.STFTSpectrogram(**how, expand_dims=True)(x), jnp.stack(single, -1))
    first = layers.STFTSpectrogram(**how, data_format="channels_first")(x.swapaxes(1, 2))
    assert_close(first.swapaxes(1, 2), whole(x))


def test_a_tone_is_in_its_band():
    """A sine is loudest in the band of its frequency; silence is `top_db` at most below it; no batch is one signal."""
    layer = layers.MelSpectrogram(fft_length=512, sequence_stride=256, num_mel_bins=20, sampling_rate=8000)
    tone = np.sin(2 * np.pi * 1000 * np.arange(2000) / 8000).astype("float32")
    centers = 700 * np.expm1(np.linspace(np.log1p(20 / 700), np.log1p(4000 / 700), 22)[1:-1])
    outputs = layer(np.stack([tone, 0 * tone]))
    assert set(np.argmax(np.asarray(outputs[0]), 0)) == {np.argmin(abs(centers - 1000))}
    assert_close(jnp.min(outputs), jnp.max(outputs) - 80)
    assert_close(layer(tone), outputs[0])
    assert_finite(layer(np.zeros(2000, "float32")))
