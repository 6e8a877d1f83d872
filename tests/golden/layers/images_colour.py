"""Cases: class, arguments, inputs, arguments of the call. What is random stands in a range of one number."""

from inputs import integers, uniform

TRAINING, INFERENCE = {"training": True}, {"training": False}
FIRST = {"data_format": "channels_first"}
CLAHE = "ContrastLimitedAdaptiveHistogramEqualization"


def images(*shape, high=230):
    return [uniform(high / 10, high, *(shape or (2, 5, 4, 3)))]


def levels(*shape, high=256):
    return [integers(high, *shape)]


CASES = [
    ("RandomBrightness", {"factor": [0.3, 0.3]}, images(), TRAINING),
    ("RandomBrightness", {"factor": [-0.4, -0.4], "value_range": [-50, 250]}, images(5, 4, 3), TRAINING),
    ("RandomBrightness", {"factor": 0.3}, images(), INFERENCE),
    ("RandomContrast", {"factor": [0.0, 0.0], "value_range": [50, 150]}, images(), TRAINING),
    ("RandomSaturation", {"factor": [0.3, 0.3]}, images(), TRAINING),
    ("RandomSaturation", {"factor": [0.8, 0.8], "value_range": [0, 1], **FIRST}, images(2, 3, 5, 4, high=1), TRAINING),
    ("RandomHue", {"factor": [1.0, 1.0]}, images(), TRAINING),
    ("RandomHue", {"factor": [1.0, 1.0], "value_range": [-20, 300], **FIRST}, images(2, 3, 5, 4), TRAINING),
    ("RandomColorDegeneration", {"factor": [0.4, 0.4]}, images(), TRAINING),
    ("RandomColorDegeneration", {"factor": [-0.7, -0.7], **FIRST}, images(3, 5, 4), TRAINING),
    (
        "RandomColorJitter",
        {"brightness_factor": [0.1, 0.1], "saturation_factor": [0.3, 0.3], "hue_factor": [1.0, 1.0]},
        images(),
        TRAINING,
    ),
    ("RandomGrayscale", {"factor": 1.0}, images(), TRAINING),
    ("RandomGrayscale", {"factor": 1.0, **FIRST}, images(2, 3, 5, 4), TRAINING),
    ("RandomInvert", {"factor": [1, 1]}, images(), TRAINING),
    ("RandomPosterization", {"factor": [3, 3]}, images(), TRAINING),
    ("RandomPosterization", {"factor": 1, "value_range": [-20, 300]}, images(), TRAINING),
    ("RandomSharpness", {"factor": [0.2, 0.2]}, images(), TRAINING),
    ("RandomSharpness", {"factor": [0.9, 0.9], **FIRST}, images(2, 3, 5, 4), TRAINING),
    ("RandomGaussianBlur", {"factor": [1, 1], "kernel_size": [3, 5], "sigma": [0.7, 0.7]}, images(), TRAINING),
    ("RandomGaussianBlur", {"factor": [1, 1], "sigma": [0.4, 0.4], **FIRST}, images(2, 3, 5, 4), TRAINING),
    ("Solarization", {}, images(), TRAINING),
    ("Solarization", {"value_range": [20, 240]}, levels(2, 5, 4, 3), TRAINING),
    ("AutoContrast", {}, levels(2, 5, 4, 3), TRAINING),
    ("AutoContrast", {"value_range": [-20, 300]}, levels(2, 3, 2, 3, high=2), INFERENCE),
    ("Equalization", {}, levels(1, 9, 8, 3), TRAINING),
    ("Equalization", {"value_range": [0, 1], "bins": 8, **FIRST}, images(1, 3, 9, 8, high=1), TRAINING),
    ("Equalization", {}, images(), INFERENCE),
    (CLAHE, {}, images(1, 17, 20, 2), TRAINING),
    (CLAHE, {"tile_grid_size": [2, 3], "clip_limit": 1.2}, images(2, 9, 8, 1), INFERENCE),
    (CLAHE, {"tile_grid_size": [2, 3], "clip_limit": 0, **FIRST}, images(3, 9, 8), TRAINING),
    ("RandomErasing", {"factor": [1, 1], "scale": [1, 1], "fill_value": 300.0}, images(), TRAINING),
    ("RandomErasing", {"scale": 0.0}, images(), TRAINING),
    ("MixUp", {}, images(1, 5, 4, 3), TRAINING),
    ("CutMix", {}, images(5, 4, 3), TRAINING),
    ("RandAugment", {"num_ops": 0}, images(), TRAINING),
    ("AugMix", {}, images(), INFERENCE),
]
