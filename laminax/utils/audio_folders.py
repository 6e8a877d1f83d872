"""A dataset of the recordings in a folder."""

import wave
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._core import checks
from .._core.errors import named_arguments
from .folders import Plan, dataset_of


@named_arguments
def audio_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    sampling_rate: int | None = None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Batches of the `.wav` files in a folder, `(batch, samples, channels)` in -1 .. 1, and their labels.

    Args:
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links,
            verbose: as of `image_dataset_from_directory`.
        sampling_rate: samples a second, to which recordings of other rates are brought.
        output_sequence_length: the number of samples to which each is cut or padded with zeros; by default the
            longest of a batch.
        ragged: refused: JAX has no ragged arrays.
    """
    plan = Plan.of(locals())
    if ragged:
        raise ValueError("Ragged arrays are not supported: batches are padded with zeros.")
    rate = None if sampling_rate is None else checks.integer("audio dataset", "sampling_rate", sampling_rate)
    length = output_sequence_length

    def load(paths: list[str]) -> np.ndarray:
        signals = [read_wav(path, rate) for path in paths]
        size = max(map(len, signals)) if length is None else length
        return np.stack([np.pad(s[:size], [(0, max(size - len(s), 0)), (0, 0)]) for s in signals])

    return dataset_of(plan, (".wav",), load)


def read_wav(path: str, rate: int | None = None) -> np.ndarray:
    """The samples of a WAV file of integers, `(samples, channels)` in -1 .. 1, at a rate of its own or this one."""
    try:
        with wave.open(path) as file:
            width, channels, own = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = np.frombuffer(file.readframes(file.getnframes()), "uint8")
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: not a WAV file of integers (PCM): {error}.") from None
    if width == 1:
        values = data.astype("float32") / 128 - 1
    else:
        wide = np.zeros((len(data) // width, 4), "uint8")  # the bytes of an int32, the highest last
        wide[:, 4 - width :] = data.reshape(-1, width)
        values = wide.view("<i4")[:, 0].astype("float32") / 2**31
    signal = values.reshape(-1, channels)
    return signal if rate in (None, own) else _resampled(signal, round(len(signal) * rate / own))


def _resampled(signal: np.ndarray, length: int) -> np.ndarray:
    """The signal of another length with the same frequencies, but for those that it can't hold."""
    spectrum = np.fft.rfft(signal, axis=0)
    kept = spectrum[: length // 2 + 1]
    return (np.fft.irfft(kept, length, axis=0) * (length / len(signal))).astype("float32")
