"""Sizes and places of images: Keras's numbers, what is drawn, what goes together, and bad input."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close, assert_same_bits
from golden_images import ARRAYS, cases, given, numbered

from laminax import Input, layers, models
from laminax.ops import image
from laminax.utils import bounding_boxes


@cases("ops")
def test_functions_give_the_oracles_numbers(i, case):
    function = functools.partial(getattr(image, case["name"]), **given(case["arguments"], i))
    (wanted,) = numbered(i, "output")
    found = jax.jit(function)(*numbered(i, "input"))
    assert found.dtype == wanted.dtype
    assert_close(found, wanted, 1e-5 if "perspective" in case["name"] else 2e-6)


@cases("moves")
def test_layers_give_the_oracles_numbers_for_a_transformation(i, case):
    layer = getattr(layers, case["name"])(bounding_box_format="xyxy", **case["arguments"])
    transformation = {**given(case["transformation"], i), "input_shape": case["shape"]}
    boxes = {"boxes": ARRAYS["inside"], "labels": np.arange(6).reshape(2, 3)}
    boxes = layer.transform_bounding_boxes(boxes, transformation)
    masks = layer.transform_segmentation_masks(ARRAYS["masks"], transformation)
    assert masks.dtype == "uint8"
    images = layer.transform_images(ARRAYS["images"], transformation)
    assert_close([images, masks.astype("float32"), boxes["boxes"], boxes["labels"]], numbered(i, "output"), 1e-5)


# What is drawn.

RANDOM = {
    "RandomFlip": {},
    "RandomRotation": {"factor": (-0.1, 0.2)},
    "RandomTranslation": {"height_factor": (0.1, 0.2), "width_factor": 0.3},
    "RandomZoom": {"height_factor": (-0.5, 0.1), "width_factor": (0.2, 0.4)},
    "RandomShear": {"x_factor": (0.1, 0.3), "y_factor": 0.2},
    "RandomPerspective": {"scale": 0.5, "factor": (0.5, 0.7)},
    "RandomElasticTransform": {"scale": (0.2, 0.4), "factor": 0.5, "value_range": (0, 1)},
    "RandomCrop": {"height": 4, "width": 5},
}
BOUNDS = {  # of each number in the transformation: the range, and the mean
    "RandomFlip": {"flips": (0, 1, 0.5)},
    "RandomRotation": {"angle": (-36, 72, 18)},
    "RandomTranslation": {"translations": ((-1.8, 0.7), (1.8, 1.4), (0, 1.05))},
    "RandomZoom": {"height_zoom": (0.5, 1.1, 0.8), "width_zoom": (1.2, 1.4, 1.3)},
    "RandomShear": {"shear_factor": ((-0.3, -0.2), (0.3, 0.2), (0, 0))},
    "RandomPerspective": {"apply_perspective": (0, 1, 0.6)},
    "RandomElasticTransform": {"apply_transform": (0, 1, 0.25), "distortion_factor": (0.2, 0.4, None)},
    "RandomCrop": {"top": (0, 3, 1.5), "left": (0, 1, 0.5)},
}


def made(name, **more):
    return getattr(layers, name)(**RANDOM[name], seed=3, **more)


@pytest.mark.parametrize("name", RANDOM)
def test_what_is_drawn_fills_its_range(name):
    drawn = made(name).get_random_transformation(jnp.zeros((4000, 7, 6, 1)))
    for key, (low, high, mean) in BOUNDS[name].items():
        values = np.asarray(drawn[key], "float64")
        spread = np.asarray(high) - np.asarray(low)
        assert (values >= np.asarray(low) - 1e-5).all()
        assert (values <= np.asarray(high) + 1e-5).all()
        if mean is not None:
            values = values.reshape(4000, -1)
            assert (abs(values.mean(0) - mean) < 0.04 * spread).all()
            assert (values.max(0) - values.min(0) > 0.95 * spread).all()


@pytest.mark.parametrize("name", RANDOM)
def test_images_differ_and_the_seed_repeats(name):
    images = jnp.broadcast_to(ARRAYS["images"][:1], (16, 7, 6, 3))
    first, second = (np.asarray(made(name)(images, training=True)) for _ in range(2))
    assert_same_bits(first, second)
    assert len({row.tobytes() for row in first}) > (1 if name == "RandomFlip" else 3)
    layer = made(name)
    assert not np.array_equal(layer(images), layer(images)), "by default it behaves as in training"


@pytest.mark.parametrize("name", [n for n in RANDOM if n != "RandomCrop"])
def test_inference_leaves_all_as_it_is(name):
    data = {
        "images": ARRAYS["images"],
        "labels": np.array([1, 2]),
        "segmentation_masks": ARRAYS["masks"],
        "other": np.ones(3),
    }
    assert_same_bits(made(name)(data, training=False), data)


@pytest.mark.parametrize("name", RANDOM)
def test_masks_move_with_their_images(name):
    """A mask that shows the image's own values, and the nearest pixel for both, stay equal."""
    more = {} if name in ("RandomFlip", "RandomCrop") else {"interpolation": "nearest"}
    data = {"images": ARRAYS["masks"] / 255.0, "segmentation_masks": ARRAYS["masks"]}
    moved = made(name, **more)(data, training=True)
    assert moved["segmentation_masks"].dtype == "uint8"
    assert_close(moved["images"], np.asarray(moved["segmentation_masks"]) / np.float32(255))


# Boxes: a white rectangle on black, and the box around it.


def rectangle(left, top, right, bottom, height=24, width=20):
    picture = np.zeros((1, height, width, 1), "float32")
    picture[0, top:bottom, left:right] = 1
    return {
        "images": picture,
        "bounding_boxes": {"boxes": np.array([[[left, top, right, bottom]]], "float32"), "labels": np.array([[5]])},
    }


@pytest.mark.parametrize(
    "layer",
    [
        layers.RandomFlip(bounding_box_format="xyxy"),
        layers.RandomTranslation(0.2, 0.2, fill_mode="constant", bounding_box_format="xyxy"),
        layers.RandomZoom(0.2, 0.2, fill_mode="constant", bounding_box_format="xyxy"),
        layers.RandomCrop(18, 16, bounding_box_format="xyxy"),
        layers.CenterCrop(18, 16, bounding_box_format="xyxy"),
        layers.CenterCrop(40, 30, bounding_box_format="xyxy"),
        layers.Resizing(15, 35, bounding_box_format="xyxy"),
        layers.Resizing(15, 35, pad_to_aspect_ratio=True, bounding_box_format="xyxy"),
        layers.Resizing(35, 15, crop_to_aspect_ratio=True, bounding_box_format="xyxy"),
        layers.RandomRotation((0.25, 0.25), fill_mode="constant", bounding_box_format="xyxy"),
        layers.RandomPerspective((1.0, 1.0), 0.3, bounding_box_format="xyxy"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_boxes_stay_around_what_they_show(layer):
    moved = layer(rectangle(8, 9, 13, 16), training=True)
    rows, columns = np.nonzero(np.asarray(moved["images"])[0, :, :, 0] > 0.5)
    seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(moved["bounding_boxes"]["boxes"][0, 0], seen, atol=1.6)
    assert moved["bounding_boxes"]["labels"][0, 0] == 5


@pytest.mark.parametrize("name", ["xywh", "rel_yxyx", "center_yxhw"])
@pytest.mark.parametrize("cls", ["RandomRotation", "RandomPerspective", "RandomFlip", "CenterCrop"])
def test_boxes_keep_their_format(cls, name):
    arguments = {
        "CenterCrop": {"height": 30, "width": 9},
        "RandomFlip": {"seed": 1},
        "RandomPerspective": {"seed": 1},
        "RandomRotation": {"factor": (0.1, 0.1)},
    }[cls]
    data = rectangle(8, 9, 13, 16)
    found = getattr(layers, cls)(**arguments, bounding_box_format=name)(
        {**data, "bounding_boxes": bounding_boxes.convert_format(data["bounding_boxes"], "xyxy", name, 24, 20)}
    )
    wanted = getattr(layers, cls)(**arguments, bounding_box_format="xyxy")(data)
    size = found["images"].shape[1:3]
    back = bounding_boxes.convert_format(found["bounding_boxes"], name, "xyxy", *size)
    assert_close(back["boxes"], wanted["bounding_boxes"]["boxes"], 1e-5)


def test_a_box_that_leaves_the_image_loses_its_label():
    layer = layers.RandomTranslation((0.9, 0.9), 0.0, bounding_box_format="xyxy")
    moved = layer(rectangle(8, 9, 13, 16))["bounding_boxes"]
    assert moved["labels"].tolist() == [[-1]]
    assert moved["boxes"].tolist() == [[[8, 24, 13, 24]]]


def test_resizing_keeps_padding_boxes():
    boxes = {"boxes": np.array([[[1, 1, 2, 2], [0, 0, 0, 0], [-1, -1, -1, -1]]]), "labels": np.array([[1, -1, -1]])}
    data = {"images": np.zeros((1, 4, 4, 1)), "bounding_boxes": boxes}
    moved = layers.Resizing(8, 12, pad_to_aspect_ratio=True, bounding_box_format="xyxy")(data)["bounding_boxes"]
    assert moved["boxes"].tolist() == [[[4, 2, 6, 4], [0, 0, 0, 0], [0, 0, 0, 0]]]


def test_max_num_bounding_boxes_fills_up_and_leaves_out():
    data = rectangle(1, 2, 3, 4)
    many = layers.MaxNumBoundingBoxes(3, fill_value=-2, bounding_box_format="xyxy")(data)["bounding_boxes"]
    assert many["boxes"].tolist() == [[[1, 2, 3, 4], [-2] * 4, [-2] * 4]]
    assert many["labels"].tolist() == [[5, -2, -2]]
    lists = {"boxes": [[[0, 0, 1, 1], [1, 1, 2, 2]], [[3, 3, 4, 4]]], "labels": [[1, 2], [3]]}
    data = {"images": np.zeros((2, 8, 8, 1)), "bounding_boxes": lists}
    one = layers.MaxNumBoundingBoxes(1, bounding_box_format="xyxy")(data)["bounding_boxes"]
    assert one["labels"].tolist() == [[1], [3]]


# Sizes and types.


def test_random_crop_takes_parts_and_resizes_what_is_small():
    images = jnp.arange(2 * 6 * 5).reshape(2, 6, 5, 1)
    part = np.asarray(layers.RandomCrop(3, 2, seed=0)(images))
    assert part.shape == (2, 3, 2, 1)
    assert (np.diff(part, axis=1) == 5).all()
    assert (np.diff(part, axis=2) == 1).all()
    for training, size in ((False, (3, 2)), (True, (9, 4))):
        found = layers.RandomCrop(*size)(images, training=training)
        assert_close(found, layers.Resizing(*size, crop_to_aspect_ratio=True)(images.astype("float32")))


def test_sizes_may_change_from_batch_to_batch():
    model = models.Sequential([Input((None, None, 1)), layers.CenterCrop(4, 3), layers.Resizing(5, 5)])
    for shape in ((2, 9, 9, 1), (2, 3, 2, 1)):
        assert model.predict(np.ones(shape, "float32"), verbose=0).shape == (2, 5, 5, 1)


def test_an_image_alone_is_a_batch_of_one():
    data = {**rectangle(8, 9, 13, 16), "labels": np.array([1.5])}
    batch = layers.RandomRotation(0.3, seed=1, bounding_box_format="xyxy")(data)
    single = layers.RandomRotation(0.3, seed=1, bounding_box_format="xyxy")(jax.tree.map(lambda x: x[0], data))
    assert_close(jax.tree.map(lambda x: x[None], single), batch)


def test_boxes_keep_their_bits_in_short_floats():
    data = rectangle(8, 9, 13, 16)
    data["bounding_boxes"]["boxes"][:] = [1.0, 2.0, 257.0, 10.0]
    moved = layers.MaxNumBoundingBoxes(1, bounding_box_format="xyxy", dtype="bfloat16")(data)
    assert moved["images"].dtype == "bfloat16"
    assert_close(moved["bounding_boxes"]["boxes"], data["bounding_boxes"]["boxes"])


def test_elastic_field_is_smooth_and_of_two_directions():
    key = jax.random.key(0)
    x, y = image.warping.elastic_field(key, jnp.zeros((2, 32, 32, 1)), 1.0, 2.0, 6)
    dx, dy = x - jnp.arange(32.0), y - jnp.arange(32.0)[:, None]
    assert abs(float(jnp.corrcoef(dx.ravel(), dy.ravel())[0, 1])) < 0.3
    assert float(jnp.abs(jnp.diff(dx, axis=2)).mean()) < float(dx.std()) / 2


# Bad input.


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.Resizing(0, 3), "Resizing: argument `height` must be a positive integer; got 0."),
        (lambda: layers.Resizing(3, 3, "cubic"), "Resizing: argument `interpolation` can't be 'cubic'"),
        (lambda: layers.Resizing(3, 3, fill_mode="wrap"), "Resizing: argument `fill_mode` can't be 'wrap'"),
        (
            lambda: layers.Resizing(3, 3, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
            "Resizing: give only one of crop_to_aspect_ratio and pad_to_aspect_ratio.",
        ),
        (lambda: layers.CenterCrop(3, -1), "CenterCrop: argument `width` must be a positive integer; got -1."),
        (lambda: layers.RandomFlip("sideways"), "RandomFlip: argument `mode` can't be 'sideways'"),
        (
            lambda: layers.RandomRotation(1.5),
            "RandomRotation: The `factor` argument should be a number in -1 .. 1, or two of them",
        ),
        (
            lambda: layers.RandomTranslation(0.1, (0.1, 0.2, 0.3)),
            "RandomTranslation: The `width_factor` argument should be a number in",
        ),
        (
            lambda: layers.RandomZoom((-1.0, 0.0)),
            "RandomZoom: argument `height_factor` must be above -1; got (-1.0, 0.0).",
        ),
        (
            lambda: layers.RandomZoom("a"),
            "RandomZoom: The `height_factor` argument should be a number in -1 .. 1, or two of them",
        ),
        (
            lambda: layers.RandomShear(-0.1),
            "RandomShear: The `x_factor` argument should be a number in 0 .. 1, or two of them",
        ),
        (lambda: layers.RandomShear(fill_mode="mirror"), "RandomShear: argument `fill_mode` can't be 'mirror'"),
        (
            lambda: layers.RandomPerspective(scale=2),
            "RandomPerspective: argument `scale` must be a number in 0 .. 1; got 2.",
        ),
        (
            lambda: layers.RandomElasticTransform(scale=2),
            "RandomElasticTransform: The `scale` argument should be a number in 0 .. 1",
        ),
        (
            lambda: layers.MaxNumBoundingBoxes(0),
            "MaxNumBoundingBoxes: argument `max_number` must be a positive integer; got 0.",
        ),
        (
            lambda: layers.RandomFlip(bounding_box_format="xyyx"),
            "RandomFlip: argument `bounding_box_format` can't be 'xyyx'. Did you mean",
        ),
    ],
)
def test_bad_arguments(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (np.zeros((4, 4)), "image to be rank 3 or 4, one image or a batch of them; got the shape (4, 4)"),
        ({"labels": np.zeros(3)}, "needs 'images' in its dict of inputs; got ['labels']"),
        (rectangle(1, 1, 2, 2), "got bounding boxes, but does not know their format"),
    ],
)
def test_bad_data(data, words):
    with pytest.raises(ValueError) as caught:
        layers.RandomFlip()(data)
    assert words in str(caught.value)


def test_elastic_transform_takes_no_boxes():
    with pytest.raises(NotImplementedError, match="RandomElasticTransform can't transform bounding boxes"):
        layers.RandomElasticTransform(bounding_box_format="xyxy")(rectangle(1, 1, 2, 2))


X = np.zeros((2, 4, 4, 3))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: image.resize(X, (2, 2, 2)),
            "resize: `size` must have positive height and width, two integers; got (2, 2, 2).",
        ),
        (
            lambda: image.resize(X[0, 0], (2, 2)),
            "Invalid images rank: expected rank 3 (an image) or 4 (a batch); got the shape (4, 3).",
        ),
        (lambda: image.resize(X, (2, 2), fill_mode="wrap"), "resize: argument `fill_mode` can't be 'wrap'"),
        (
            lambda: image.affine_transform(X, np.zeros(6)),
            "Invalid transform rank: expected rank 1, the shape (8,), or 2, (batch, 8); got (6,).",
        ),
        (
            lambda: image.affine_transform(X, np.zeros(8), "cubic"),
            "affine_transform: argument `interpolation` can't be 'cubic'",
        ),
        (
            lambda: image.perspective_transform(X, np.zeros((4, 2)), np.zeros((2, 4, 2))),
            "Invalid end_points shape: expected (4, 2) or (batch, 4, 2), the same for both; got (2, 4, 2)",
        ),
        (lambda: image.map_coordinates(X[0], np.zeros((2, 5)), 1), "n must be the same as the rank of `inputs`"),
        (lambda: image.map_coordinates(X[0, 0], np.zeros((2, 5)), 3), "order must be 0 (nearest) or 1 (linear); got 3"),
        (
            lambda: image.pad_images(X, 1, 1),
            "pad_images: Must specify exactly two of top_padding, bottom_padding, target_height",
        ),
        (
            lambda: image.crop_images(X, 1, 1, target_height=9, target_width=2),
            "crop_images: bottom_cropping must be >= 0; it is -6 for 4 rows or columns and top_cropping=1",
        ),
        (lambda: image.extract_patches(X, (1, 2, 3, 4)), "Expected a tuple of length 2 or 3 as size; got (1, 2, 3, 4)"),
        (lambda: image.extract_patches(X[0], (1, 2, 3)), "with 3 sizes"),
        (
            lambda: image.scale_and_translate(X, (2,), 1, 1, (0,), "wave"),
            "scale_and_translate: argument `method` can't be 'wave'",
        ),
    ],
)
def test_bad_arguments_of_functions(call, words):
    with pytest.raises(ValueError) as caught:
        call()
    assert words in str(caught.value)
