"""Samples of layers that change the values of pixels, mix images, or draw policies."""

import functools

import numpy as np
from contract_layers import LayerSample

from laminax import layers
from samples.inputs import uniform

IMAGES = uniform(20, 230, 4, 6, 5, 3)  # (batch, height, width, channels)
sample = functools.partial(LayerSample, inputs=(IMAGES,), free=(1, 2))
random = functools.partial(sample, notes=("random",))
steps = functools.partial(
    sample, notes=("random", "biased", "rounds")
)  # rounded to steps in training: no slope to check
policy = functools.partial(steps, free=())

LAYERS = [
    random(layers.RandomBrightness, {"factor": 0.4, "seed": 2}),
    random(layers.RandomContrast, {"factor": 0.4, "value_range": [0, 300]}),
    random(layers.RandomSaturation, {"factor": (0.3, 0.6)}),
    random(layers.RandomHue, {"factor": 0.3}),
    random(layers.RandomColorDegeneration, {"factor": 0.4}),
    random(layers.RandomColorJitter, {"brightness_factor": 0.2, "contrast_factor": 0.2, "hue_factor": 0.2}),
    random(layers.RandomGrayscale, {"factor": 0.4}),
    random(layers.RandomInvert, {"factor": 0.5}),
    steps(layers.RandomPosterization, {"factor": 4}),
    random(layers.RandomSharpness, {"factor": 0.4}),
    random(layers.Solarization, {"addition_factor": 0.2}),
    sample(layers.AutoContrast, {}),
    LayerSample(layers.Equalization, {"bins": 32}, (np.round(IMAGES),), free=(1, 2), notes=("biased", "rounds")),
    sample(layers.ContrastLimitedAdaptiveHistogramEqualization, {"tile_grid_size": (3, 2)}),
    random(layers.RandomGaussianBlur, {"kernel_size": (3, 5), "sigma": (0.5, 1.0)}),
    random(layers.RandomErasing, {"fill_value": (0, 100, 255)}),
    random(layers.MixUp, {"alpha": 0.4}),
    random(layers.CutMix, {}),
    policy(layers.RandAugment, {}),
    policy(layers.AugMix, {"num_chains": 2, "chain_depth": 2, "all_ops": False}),
]
