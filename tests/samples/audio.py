"""Samples of layers."""

from contract_layers import LayerSample

from laminax import layers
from samples.inputs import normal

MELS = {
    "fft_length": 8,
    "sequence_stride": 3,
    "sequence_length": 6,
    "num_mel_bins": 3,
    "sampling_rate": 40,
    "min_freq": 1,
}
PIECES = {"frame_length": 6, "frame_step": 2, "window": "hamming"}

LAYERS = [
    LayerSample(layers.MelSpectrogram, MELS, (normal(4, 20),), free=(1,)),
    LayerSample(layers.STFTSpectrogram, PIECES, (normal(4, 14, 2),), free=(1,)),
    LayerSample(
        layers.STFTSpectrogram,
        {**PIECES, "mode": "angle", "padding": "same", "expand_dims": True, "data_format": "channels_first"},
        (normal(4, 2, 14),),
        free=(2,),
    ),
]
