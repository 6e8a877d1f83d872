"""Makes the golden numbers of `ops.image`, `utils.bounding_boxes` and of image layers under given transformations.

    pip install keras==3.15.1 jax
    python tests/golden/make_images.py

They go to `images.npz`. The test suite reads that and needs no Keras.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(20261125)


def uniform(*shape, low=0.0, high=1.0):
    return RNG.uniform(low, high, shape).astype("float32")


X, SINGLE, BYTES = uniform(2, 7, 6, 3), uniform(7, 6, 3), RNG.integers(0, 256, (2, 7, 6, 3)).astype("uint8")
FIRST, VOLUME = uniform(2, 3, 7, 6), uniform(2, 5, 6, 4, 2)
MATRIX = np.array([[1.1, 0.2, -1.3, -0.15, 0.9, 2.1, 0, 0], [0.7, -0.4, 1.7, 0.6, 1.2, -2.3, 0, 0]], "float32")
PLACES = np.stack([uniform(4, 5, low=-9, high=14), uniform(4, 5, low=-8, high=13)])
CORNERS = np.array([[0, 0], [5, 0], [0, 6], [5, 6]], "float32")
MOVED = np.array([[0.4, -0.7], [4.3, 0.9], [-0.6, 5.2], [5.7, 6.4]], "float32")
MODES = ("constant", "nearest", "wrap", "mirror", "reflect")

OPS = [
    *(("map_coordinates", [X[0, :, :, 0], PLACES], {"order": o, "fill_mode": m}) for o in (0, 1) for m in MODES),
    ("map_coordinates", [BYTES[0, :, :, 0], PLACES], {"order": 1, "fill_value": 7}),
    *(("affine_transform", [X, MATRIX], {"fill_mode": m, "fill_value": 0.3}) for m in MODES),
    ("affine_transform", [SINGLE, MATRIX[0]], {"interpolation": "nearest", "fill_mode": "reflect"}),
    ("affine_transform", [FIRST, MATRIX], {"data_format": "channels_first"}),
    ("affine_transform", [BYTES, MATRIX], {"fill_mode": "wrap"}),
    ("perspective_transform", [X, np.stack([CORNERS] * 2), np.stack([MOVED, CORNERS + 0.3])], {}),
    ("perspective_transform", [SINGLE, CORNERS, MOVED], {"interpolation": "nearest", "fill_value": 0.5}),
    ("gaussian_blur", [X], {"kernel_size": [3, 5], "sigma": [0.8, 1.7], "data_format": "channels_last"}),
    ("gaussian_blur", [FIRST], {"kernel_size": [4, 3], "sigma": [1.2, 0.6], "data_format": "channels_first"}),
    ("resize", [X], {"size": [4, 9]}),
    ("resize", [BYTES], {"size": [4, 9], "interpolation": "bicubic", "antialias": True}),
    ("resize", [BYTES], {"size": [9, 4], "interpolation": "nearest", "crop_to_aspect_ratio": True}),
    ("resize", [BYTES], {"size": [4, 9], "pad_to_aspect_ratio": True, "fill_value": 3.0}),
    ("resize", [SINGLE], {"size": [9, 3], "interpolation": "lanczos5", "crop_to_aspect_ratio": True}),
    (
        "resize",
        [FIRST],
        {"size": [5, 12], "pad_to_aspect_ratio": True, "fill_value": 2.0, "data_format": "channels_first"},
    ),
    ("pad_images", [X], {"top_padding": 1, "left_padding": 2, "target_height": 11, "target_width": 9}),
    (
        "pad_images",
        [FIRST[0]],
        {"top_padding": 1, "bottom_padding": 2, "left_padding": 0, "right_padding": 3, "data_format": "channels_first"},
    ),
    ("crop_images", [X], {"top_cropping": 1, "right_cropping": 2, "target_height": 4, "target_width": 3}),
    ("crop_images", [SINGLE], {"bottom_cropping": 3, "left_cropping": 1, "top_cropping": 1, "right_cropping": 0}),
    ("extract_patches", [X], {"size": [2, 3]}),
    ("extract_patches", [X], {"size": 3, "strides": 2, "padding": "same"}),
    ("extract_patches", [FIRST], {"size": [2, 2], "strides": 1, "dilation_rate": 2, "data_format": "channels_first"}),
    ("extract_patches", [VOLUME], {"size": [2, 3, 2]}),
    ("extract_patches_3d", [VOLUME[0]], {"size": 2, "strides": [2, 1, 2], "padding": "same"}),
    (
        "scale_and_translate",
        [X[0, :, :, 0]],
        {
            "output_shape": [9, 5],
            "scale": [1.3, 0.7],
            "translation": [-0.4, 0.6],
            "spatial_dims": [0, 1],
            "method": "bicubic",
        },
    ),
]

BOXES = np.array([[[1, 2, 4, 6], [0, 0, 3, 3], [2, 1, 9, 5]], [[3, 3, 5, 4], [-1, -1, 2, 2], [0, 4, 6, 7]]], "float32")
OTHERS = np.array([[[0, 2, 3, 6], [1, 0, 3, 4]], [[3, 2, 6, 4], [-3, -4, -1, -2]]], "float32")
ANGLES = np.array([25.0, -70.0], "float32")
AFFINE = {
    "angle": ANGLES, "translate_x": ANGLES / 200, "translate_y": ANGLES / 300, "scale": 1 + ANGLES / 100,
    "shear_x": ANGLES / 3, "shear_y": ANGLES / 5, "height": 7, "width": 6,
}  # fmt: skip
FORMATS = ("yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")
DELTAS = {"anchor_format": "xyxy", "box_format": "xywh", "variance": [0.1, 0.1, 0.2, 0.2]}

BOXES_OPS = [
    *(("convert_format", [BOXES], {"source": "xyxy", "target": f, "height": 7, "width": 6}) for f in FORMATS),
    *(("convert_format", [BOXES], {"source": f, "target": "xyxy", "height": 7, "width": 6}) for f in FORMATS),
    ("affine_transform", [BOXES], AFFINE),
    ("crop", [BOXES], {"top": 1, "left": 2, "height": 3, "width": 4}),
    ("pad", [BOXES], {"top": 1, "left": 2}),
    ("compute_iou", [BOXES, OTHERS], {"bounding_box_format": "xyxy", "use_masking": True}),
    ("compute_iou", [BOXES[0], OTHERS], {"bounding_box_format": "yxyx"}),
    ("compute_iou", [BOXES[0] / 9, OTHERS[0] / 9], {"bounding_box_format": "rel_xywh", "image_shape": [7, 6, 3]}),
    ("compute_ciou", [BOXES[:, :2], OTHERS], {"bounding_box_format": "xyxy"}),
    ("encode_box_to_deltas", [BOXES[0, :2], OTHERS[:, :1]], DELTAS),
    ("decode_deltas_to_boxes", [BOXES[0, :2], OTHERS / 5], DELTAS),
]

SHAPE = [2, 7, 6, 3]
INSIDE = np.clip(BOXES, 0, np.array([6, 7, 6, 7], "float32"))  # Keras does not clip boxes that it flips
TRANSLATIONS = np.array([[1.3, -2.2], [-0.4, 3.1]], "float32")
ZOOMS = {"height_zoom": np.array([[0.6], [1.7]], "float32"), "width_zoom": np.array([[1.2], [0.4]], "float32")}
SHEARS = np.array([[0.3, 0.2], [-0.4, -0.1]], "float32")
POINTS = {"start_points": np.stack([CORNERS] * 2), "end_points": np.stack([MOVED] * 2)}
MOVES = [
    ("RandomFlip", {}, {"flips": np.array([True, False]).reshape(2, 1, 1, 1)}),
    ("RandomFlip", {"mode": "vertical"}, {"flips": np.array([False, True]).reshape(2, 1, 1, 1)}),
    ("RandomTranslation", {"height_factor": 1, "width_factor": 1}, {"translations": TRANSLATIONS}),
    ("RandomZoom", {"height_factor": 0.9}, ZOOMS),
    ("RandomShear", {"fill_mode": "constant"}, {"shear_factor": SHEARS}),
    ("RandomPerspective", {"fill_value": 7.0}, {**POINTS, "apply_perspective": np.array([True, False])}),
]


def moved(cls, arguments, transformation):
    """Images, masks and boxes under a transformation that is given."""
    layer = getattr(keras.layers, cls)(bounding_box_format="xyxy", **arguments)
    transformation = {**transformation, "input_shape": SHAPE}
    boxes = {"boxes": INSIDE.copy(), "labels": np.arange(6).reshape(2, 3)}
    boxes = layer.transform_bounding_boxes(boxes, transformation)
    masks = layer.transform_segmentation_masks(BYTES.astype("float32"), transformation)
    return [layer.transform_images(X, transformation), masks, boxes["boxes"], boxes["labels"]]


def without_arrays(values, arrays, i):
    """Arguments as data: an array goes to `arrays`, and its name takes its place."""
    found = {}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            arrays[f"{i}/{name}"] = value
            value = {"array": name}
        found[name] = value
    return found


def main():
    arrays, cases = {"images": X, "masks": BYTES, "boxes": BOXES, "inside": INSIDE}, []
    for kind, library, listed in (("ops", keras.ops.image, OPS), ("boxes", keras.utils.bounding_boxes, BOXES_OPS)):
        for name, inputs, arguments in listed:
            i = len(cases)
            given = {k: np.array(v, "float32") if k in ("scale", "translation") else v for k, v in arguments.items()}
            arrays.update({f"{i}/input{j}": x for j, x in enumerate(inputs)})
            arrays[f"{i}/output0"] = np.asarray(getattr(library, name)(*inputs, **given))
            cases.append({"kind": kind, "name": name, "arguments": without_arrays(given, arrays, i)})
    for name, arguments, transformation in MOVES:
        i = len(cases)
        arrays.update({f"{i}/output{j}": np.asarray(x) for j, x in enumerate(moved(name, arguments, transformation))})
        words = {"kind": "moves", "name": name, "arguments": arguments}
        cases.append({**words, "transformation": without_arrays(transformation, arrays, i), "shape": SHAPE})
    words = {"keras": keras.__version__, "cases": cases}
    np.savez_compressed(HERE / "images.npz", cases=np.array(json.dumps(words)), **arrays)
    print(len(cases), f"{(HERE / 'images.npz').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
