"""Samples of layers."""

from laminax import layers
from samples.inputs import images

RANDOM = ("random",)

LAYERS = [
    images(layers.CenterCrop, {"height": 4, "width": 3}),
    images(layers.MaxNumBoundingBoxes, {"max_number": 3}),
    images(layers.RandomCrop, {"height": 4, "width": 3}, free=(), notes=RANDOM),
    images(layers.RandomElasticTransform, {"value_range": [-9, 9]}, notes=RANDOM),
    images(layers.RandomFlip, {}, notes=RANDOM),
    images(layers.RandomPerspective, {"scale": 0.5}, notes=RANDOM),
    images(layers.RandomRotation, {"factor": 0.2}, notes=RANDOM),
    images(layers.RandomShear, {"x_factor": 0.2, "y_factor": [0.1, 0.3]}, notes=RANDOM),
    images(layers.RandomTranslation, {"height_factor": 0.2, "width_factor": 0.3}, notes=RANDOM),
    images(layers.RandomZoom, {"height_factor": 0.2}, notes=RANDOM),
    images(layers.Resizing, {"height": 9, "width": 4}),
]
