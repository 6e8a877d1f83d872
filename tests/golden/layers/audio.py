"""Cases: class, arguments, inputs, arguments of the call."""

import itertools

from inputs import normal

# Few bands: Keras computes their edges in float32, which spoils narrow ones.
MELS = {"fft_length": 16, "sequence_stride": 5, "num_mel_bins": 3, "min_freq": 300.0}
PIECES = {"frame_length": 6, "frame_step": 4, "fft_length": 8}
LAYOUTS = itertools.product((False, True), ("channels_last", "channels_first"))

CASES = [
    ("MelSpectrogram", MELS, [normal(2, 40)], {}),
    ("MelSpectrogram", {**MELS, "sequence_length": 10, "window": "hamming", "power_to_db": False}, [normal(40)], {}),
    (
        "MelSpectrogram",
        {**MELS, "max_freq": 7000.0, "mag_exp": 1.0, "ref_power": 2.0, "top_db": 3.0},
        [normal(2, 40)],
        {},
    ),
    ("MelSpectrogram", {**MELS, "window": None, "power_to_db": False}, [normal(2, 3, 40)], {}),
    *(
        ("STFTSpectrogram", {**PIECES, "mode": mode}, [normal(2, 14, 1)], {})
        for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
    ),
    *(
        (
            "STFTSpectrogram",
            {**PIECES, "mode": "stft", "padding": "same", "expand_dims": e, "data_format": d},
            [normal(2, 5, 5)],
            {},
        )
        for e, d in LAYOUTS
    ),
]
