"""Cases: class, arguments, inputs, arguments of the call. What is random stands in a range of one number."""

from inputs import integers, normal, uniform

TRAINING = {"training": True}
TALL, WIDE = {"height": 9, "width": 4}, {"height": 3, "width": 8}

CASES = [
    ("Resizing", WIDE, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**WIDE, "interpolation": "nearest"}, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**WIDE, "interpolation": "bicubic", "antialias": True}, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**TALL, "interpolation": "lanczos3"}, [uniform(0, 1, 7, 5, 2)], {}),
    ("Resizing", {**TALL, "interpolation": "lanczos5", "antialias": True}, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**TALL, "crop_to_aspect_ratio": True}, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**WIDE, "crop_to_aspect_ratio": True}, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**TALL, "pad_to_aspect_ratio": True, "fill_value": 0.5}, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**WIDE, "pad_to_aspect_ratio": True, "fill_value": 3.0}, [uniform(0, 1, 2, 7, 5, 2)], {}),
    ("Resizing", {**WIDE, "data_format": "channels_first"}, [uniform(0, 1, 2, 3, 7, 5)], {}),
    ("CenterCrop", {"height": 4, "width": 3}, [uniform(0, 1, 2, 7, 6, 2)], {}),
    ("CenterCrop", TALL, [integers(255, 2, 7, 5, 2)], {}),
    ("CenterCrop", {"height": 3, "width": 4, "data_format": "channels_first"}, [uniform(0, 1, 2, 7, 6)], {}),
    ("RandomFlip", {}, [normal(2, 4, 5, 2)], {"training": False}),
    ("RandomRotation", {"factor": [0.11, 0.11]}, [normal(2, 6, 5, 2)], TRAINING),
    (
        "RandomRotation",
        {"factor": [-0.3, -0.3], "fill_mode": "constant", "fill_value": 0.5, "interpolation": "nearest"},
        [integers(255, 2, 6, 5, 2)],
        TRAINING,
    ),
    ("RandomRotation", {"factor": [0.2, 0.2], "fill_mode": "wrap"}, [normal(6, 5, 2)], TRAINING),
    (
        "RandomTranslation",
        {"height_factor": [0.24, 0.24], "width_factor": [-0.13, -0.13]},
        [normal(2, 6, 5, 2)],
        TRAINING,
    ),
    (
        "RandomTranslation",
        {"height_factor": [0.7, 0.7], "width_factor": 0.0, "fill_mode": "nearest", "data_format": "channels_first"},
        [normal(2, 2, 6, 5)],
        TRAINING,
    ),
    ("RandomZoom", {"height_factor": [0.32, 0.32]}, [normal(2, 6, 5, 2)], TRAINING),
    (
        "RandomZoom",
        {
            "height_factor": [-0.4, -0.4],
            "width_factor": [0.23, 0.23],
            "fill_mode": "constant",
            "fill_value": 2.0,
        },
        [normal(2, 6, 5, 2)],
        TRAINING,
    ),
    ("RandomShear", {}, [normal(2, 6, 5, 2)], TRAINING),
    ("RandomPerspective", {"scale": 0.0}, [normal(2, 6, 5, 2)], TRAINING),
    ("RandomElasticTransform", {"factor": 0.0}, [normal(2, 6, 5, 2)], TRAINING),
]
