"""Colours, histograms, mixing and policies of images: formulas, what is drawn, what goes together, and bad input."""

import colorsys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close, assert_same_bits

from laminax import layers
from laminax._core import context
from laminax.layers.images.base import BaseImagePreprocessingLayer
from laminax.ops.image import colour

RNG = np.random.default_rng(7)
IMAGES = RNG.uniform(10, 245, (4, 6, 5, 3)).astype("float32")
UNIT = IMAGES / 255
EACH = np.array([0.2, 0.9, 0.5, 0.7], "float32")  # one number for each image
WIDE = EACH[:, None, None, None]
CLAHE = layers.ContrastLimitedAdaptiveHistogramEqualization


# Functions.


def test_hsv_is_pythons_own():
    wanted = np.array([colorsys.rgb_to_hsv(*map(float, p)) for p in UNIT.reshape(-1, 3)]).reshape(UNIT.shape)
    assert_close(colour.rgb_to_hsv(UNIT), wanted.astype("float32"))
    assert_close(colour.hsv_to_rgb(wanted.astype("float32")), UNIT)
    grays = np.array([[[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0]]], "float32")
    assert_close(colour.rgb_to_hsv(grays)[0], np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0.5], [0, 1, 1]], "float32"))


@pytest.mark.parametrize("function", [colour.rgb_to_grayscale, colour.rgb_to_hsv, colour.hsv_to_rgb])
def test_channels_may_come_first(function):
    first = function(UNIT.transpose(0, 3, 1, 2), data_format="channels_first")
    assert_close(np.moveaxis(np.asarray(first), 1, -1), function(UNIT))
    assert_close(function(UNIT[0]), function(UNIT)[0])


def test_gray_keeps_the_type():
    assert_close(colour.rgb_to_grayscale(UNIT), (UNIT @ np.array([0.2989, 0.587, 0.114], "float32"))[..., None])
    whole = colour.rgb_to_grayscale(np.full((2, 2, 3), 200, "uint8"))
    assert (whole.dtype, whole.shape) == (np.dtype("uint8"), (2, 2, 1))
    assert_same_bits(colour.rgb_to_grayscale(UNIT[..., :1]), jnp.asarray(UNIT[..., :1]))


def test_sobel_edges_of_a_slope():
    rows, columns = np.mgrid[:6, :7].astype("float32")
    edges = colour.sobel_edges((2 * rows + 3 * columns)[None, :, :, None])
    assert edges.shape == (1, 6, 7, 1, 2)
    assert_close(edges[0, 1:-1, 1:-1, 0], np.broadcast_to(np.array([16, 24], "float32"), (4, 5, 2)))
    first = colour.sobel_edges(UNIT.transpose(0, 3, 1, 2), data_format="channels_first")
    assert_close(np.moveaxis(np.asarray(first), 1, 3), colour.sobel_edges(UNIT))


def test_ssim_by_its_definition():
    x, y = (RNG.uniform(0, 2, (2, 9, 8, 2)) for _ in range(2))
    bell = np.exp(-np.square(np.arange(5) - 2) / (2 * 0.9**2))
    bell = np.outer(bell, bell) / bell.sum() ** 2

    def mean(z):
        return (np.lib.stride_tricks.sliding_window_view(z, (5, 5), (1, 2)) * bell).sum((-1, -2))

    m, n, c1, c2 = mean(x), mean(y), 0.04**2, 0.1**2
    shape = (2 * mean(x * y) - 2 * m * n + c2) / (mean(x * x) - m * m + mean(y * y) - n * n + c2)
    wanted = ((2 * m * n + c1) / (m * m + n * n + c1) * shape).mean((1, 2, 3))
    arguments = {"max_val": 2.0, "filter_size": 5, "filter_sigma": 0.9, "k1": 0.02, "k2": 0.05}
    x, y = x.astype("float32"), y.astype("float32")
    assert_close(colour.ssim(x, y, **arguments), wanted.astype("float32"), 1e-5)
    assert_close(colour.ssim(x[0], y[0], **arguments), np.float32(wanted[0]), 1e-5)
    assert_close(colour.ssim(x, x, filter_size=3), np.ones(2, "float32"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: colour.rgb_to_hsv(IMAGES.astype("uint8")), "rgb_to_hsv takes floats; got uint8"),
        (
            lambda: colour.hsv_to_rgb(UNIT[..., :2]),
            r"hsv_to_rgb takes images of 3 channels; got the shape \(4, 6, 5, 2",
        ),
        (lambda: colour.rgb_to_grayscale(UNIT[..., :2]), "takes images of 1 or 3 channels"),
        (lambda: colour.rgb_to_grayscale(UNIT[0, 0]), r"expected rank 3.*got the shape \(5, 3\)"),
        (lambda: colour.ssim(UNIT, UNIT[:2]), "ssim compares images of one shape"),
        (
            lambda: colour.ssim(UNIT, UNIT, filter_size=0),
            "ssim: argument `filter_size` must be a positive integer; got 0",
        ),
    ],
)
def test_bad_input_of_functions(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# Layers under given transformations: the formulas.

HALF = np.array([True, False, True, False])
FORMULAS = {
    "RandomBrightness": ({"factor": 1.0}, {"rgb_delta": WIDE * 100}, lambda x: np.clip(x + WIDE * 100, 0, 255)),
    "RandomContrast": (
        {"factor": 0.5},
        {"contrast_factor": WIDE * 2},
        lambda x: np.clip((x - x.mean((1, 2), keepdims=True)) * WIDE * 2 + x.mean((1, 2), keepdims=True), 0, 255),
    ),
    "RandomColorDegeneration": (
        {"factor": 0.5},
        {"factor": WIDE},
        lambda x: x * (1 - WIDE) + WIDE * (x @ np.array([[0.2989], [0.587], [0.114]], "float32")),
    ),
    "RandomGrayscale": (
        {},
        HALF[:, None, None, None],
        lambda x: np.where(HALF[:, None, None, None], (x @ np.array([0.2989, 0.587, 0.114], "float32"))[..., None], x),
    ),
    "RandomInvert": (
        {"value_range": (-5, 255)},
        {"apply_inversion": HALF},
        lambda x: np.where(HALF[:, None, None, None], 250 - x, x),
    ),
    "RandomPosterization": (
        {"factor": 4},
        {"shift_factor": np.array([0, 3, 7, 1], "uint8")},
        lambda x: np.stack([x[i].astype("uint8") >> s << s for i, s in enumerate([0, 3, 7, 1])]).astype("float32"),
    ),
    "Solarization": (
        {},
        {"additions": WIDE * 60, "thresholds": WIDE * 200},
        lambda x: np.where(
            np.minimum(x + WIDE * 60, 255) < WIDE * 200,
            np.minimum(x + WIDE * 60, 255),
            255 - np.minimum(x + WIDE * 60, 255),
        ),
    ),
    "MixUp": (
        {},
        {"mix_weight": EACH, "permutation_order": [1, 0, 3, 2]},
        lambda x: WIDE * x + (1 - WIDE) * x[[1, 0, 3, 2]],
    ),
    "CutMix": (
        {},
        {"mix_weight": EACH, "permutation_order": [1, 0, 3, 2], "batch_masks": IMAGES > 99},
        lambda x: np.where(x > 99, x[[1, 0, 3, 2]], x),
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formula(name):
    arguments, transformation, formula = FORMULAS[name]
    layer = getattr(layers, name)(**arguments)
    assert_close(layer.transform_images(IMAGES, transformation), formula(IMAGES))
    assert_same_bits(layer.transform_images(IMAGES, transformation, training=False), jnp.asarray(IMAGES))


@pytest.mark.parametrize(("cls", "channel"), [(layers.RandomHue, 0), (layers.RandomSaturation, 1)])
@pytest.mark.parametrize("value_range", [(0, 255), (0, 1), (-10, 300)])
def test_hue_turns_and_saturation_stretches(cls, channel, value_range):
    """Whatever the range of values; and saturation ends at 1, so that no value leaves the range."""
    low, high = value_range
    layer = cls(0.5, value_range)
    found = layer.transform_images(UNIT * (high - low) + low, {"factor": EACH * 2})
    wanted = np.array(colour.rgb_to_hsv(UNIT))
    if channel:
        wanted[..., 1] = np.minimum(wanted[..., 1] * EACH[:, None, None] * 2, 1)
    else:
        wanted[..., 0] = wanted[..., 0] + EACH[:, None, None] * 2
    assert_close((np.asarray(found) - low) / (high - low), colour.hsv_to_rgb(wanted), 1e-5)


# What is drawn.

RANGES = {  # arguments; of each number in the transformation: the range
    "RandomBrightness": ({"factor": (-0.2, 0.4)}, {"rgb_delta": (-51, 102)}),
    "RandomContrast": ({"factor": (0.5, 0.25)}, {"contrast_factor": (0.75, 1.5)}),
    "RandomSaturation": ({"factor": (0.0, 0.5)}, {"factor": (0, 1)}),
    "RandomHue": ({"factor": 0.6}, {"factor": (-0.3, 0.3)}),
    "RandomColorDegeneration": ({"factor": 0.3}, {"factor": (-0.3, 0.3)}),
    "RandomSharpness": ({"factor": 0.3}, {"factor": (0, 0.3)}),
    "RandomPosterization": ({"factor": (2, 8)}, {"shift_factor": (1, 6)}),
    "Solarization": (
        {"addition_factor": 0.2, "threshold_factor": (0.4, 0.8)},
        {"additions": (0, 51), "thresholds": (102, 204)},
    ),
}
CHANCES = {  # arguments; the key; how likely an image is chosen
    "RandomInvert": ({"factor": (0.2, 0.6)}, "apply_inversion", 0.4),
    "RandomGaussianBlur": ({"factor": 0.5}, "should_apply_blur", 0.25),
    "RandomErasing": ({"factor": (0.7, 0.7)}, "apply_erasing", 0.7),
}
MANY = jnp.zeros((3000, 2, 2, 3))


@pytest.mark.parametrize("name", RANGES)
def test_what_is_drawn_fills_its_range(name):
    arguments, ranges = RANGES[name]
    drawn = getattr(layers, name)(seed=1, **arguments).get_random_transformation(MANY)
    assert drawn.keys() == ranges.keys()
    for key, (low, high) in ranges.items():
        values = np.asarray(drawn[key]).ravel()
        assert values.shape == (3000,)
        assert low <= values.min() < low + 0.02 * (high - low)
        assert high >= values.max() > high - 0.02 * (high - low)
    assert getattr(layers, name)(**arguments).get_random_transformation(MANY, training=False) is None


@pytest.mark.parametrize("name", CHANCES)
def test_how_likely_an_image_is_changed(name):
    arguments, key, chance = CHANCES[name]
    chosen = getattr(layers, name)(seed=1, **arguments).get_random_transformation(MANY)[key]
    assert np.mean(chosen) == pytest.approx(chance, abs=0.03)


def test_gray_as_often_as_said():
    assert np.mean(layers.RandomGrayscale(0.3, seed=1).get_random_transformation(MANY)) == pytest.approx(0.3, abs=0.03)


def test_a_seed_from_outside_takes_the_place_of_the_layers():
    layer = layers.RandomHue(0.5, seed=1)
    first, second = (layer.get_random_transformation(IMAGES, seed=5) for _ in range(2))
    assert_same_bits(first, second)
    assert not np.array_equal(first["factor"], layer.get_random_transformation(IMAGES)["factor"])


def test_jitter_of_one_part_draws_what_the_part_draws():
    jitter, part = layers.RandomColorJitter(contrast_factor=0.5, seed=3), layers.RandomContrast(0.5, seed=3)
    assert_same_bits(jitter(IMAGES), part(IMAGES))


def test_ranges_in_configs_are_floats():
    """Whether one number was given or two."""
    for layer in (layers.CutMix(1), layers.CutMix((0, 1)), layers.CutMix.from_config(layers.CutMix(1).get_config())):
        assert [type(bound) for bound in layer.get_config()["factor"]] == [float, float]


def test_subclasses_written_for_keras_find_their_backend():
    class Halved(BaseImagePreprocessingLayer):
        def transform_images(self, images, transformation, training=True):
            images = self.backend.cast(images, self.compute_dtype)
            return self.backend.numpy.multiply(images, self.backend.random.uniform((1,), 0.5, 0.5 + 1e-7, seed=1))

    np.testing.assert_allclose(Halved()(IMAGES), IMAGES / 2, rtol=1e-5)


def test_jitter_is_its_parts_in_order():
    factors = {"brightness_factor": (0.1, 0.1), "contrast_factor": (0.0, 0.0), "hue_factor": (1, 1)}
    found = layers.RandomColorJitter(saturation_factor=(0.3, 0.3), **factors)(IMAGES)
    wanted = layers.RandomBrightness((0.1, 0.1))(IMAGES)
    for cls, factor in ((layers.RandomContrast, 0), (layers.RandomSaturation, 0.3), (layers.RandomHue, 1)):
        wanted = cls((factor, factor))(wanted)
    assert_close(found, wanted)
    assert_same_bits(layers.RandomColorJitter()(IMAGES), jnp.asarray(IMAGES))


# What goes along.

PLAIN = {
    "RandomBrightness": {"factor": 0.3},
    "RandomContrast": {"factor": 0.3},
    "RandomSaturation": {"factor": 0.3},
    "RandomHue": {"factor": 0.3},
    "RandomColorDegeneration": {"factor": 0.3},
    "RandomColorJitter": {"hue_factor": 0.3},
    "RandomGrayscale": {},
    "RandomInvert": {"factor": (0.5, 0.5)},
    "RandomPosterization": {"factor": (2, 4)},
    "RandomSharpness": {"factor": 0.3},
    "Solarization": {"threshold_factor": 0.5},
    "AutoContrast": {},
    "Equalization": {},
    "ContrastLimitedAdaptiveHistogramEqualization": {},
    "RandomGaussianBlur": {"factor": (1, 1)},
    "RandomErasing": {"factor": (1, 1)},
}


def data(batch=4):
    boxes = np.tile(np.array([[1, 1, 3, 4], [0, 2, 2, 5]], "float32"), (batch, 1, 1))
    return {
        "images": IMAGES[:batch],
        "labels": np.eye(4, dtype="float32")[:batch],
        "bounding_boxes": {"boxes": boxes, "labels": np.arange(2 * batch).reshape(batch, 2)},
        "segmentation_masks": (IMAGES[:batch, ..., :1] > 99).astype("uint8"),
    }


@pytest.mark.parametrize("name", PLAIN)
def test_only_the_images_change(name):
    layer = getattr(layers, name)(bounding_box_format="xyxy", **PLAIN[name])
    found = layer(data())
    assert found["images"].dtype == "float32"
    assert not np.array_equal(found["images"], IMAGES)
    assert_same_bits({**found, "images": IMAGES}, jax.tree.map(jnp.asarray, data()))
    assert layer(IMAGES[0].astype("uint8")).shape == (6, 5, 3)


@pytest.mark.parametrize("name", [n for n in PLAIN if n not in ("AutoContrast", "Equalization")])
def test_channels_first_is_the_same(name):
    arguments = {"seed": 3, **PLAIN[name]} if not name.startswith("ContrastL") else {}
    last = getattr(layers, name)(**arguments)(IMAGES)
    first = getattr(layers, name)(data_format="channels_first", **arguments)(IMAGES.transpose(0, 3, 1, 2))
    if name == "RandomErasing":  # its noise lies otherwise
        last, first = (last == IMAGES), (np.asarray(first) == IMAGES.transpose(0, 3, 1, 2))
    assert_close(np.moveaxis(np.asarray(first), 1, -1).astype("float32"), np.asarray(last).astype("float32"))


# Histograms.


@pytest.mark.parametrize("cls", [layers.AutoContrast, layers.Equalization, CLAHE])
def test_each_image_has_a_histogram_of_its_own(cls):
    alone = jnp.concatenate([cls()(IMAGES[i : i + 1]) for i in range(4)])
    assert_close(cls()(IMAGES), alone)


@pytest.mark.parametrize("cls", [layers.AutoContrast, layers.Equalization])
def test_even_channels_stay(cls):
    images = jnp.full((2, 3, 3, 2), 77.0).at[0, 0, 0, 0].set(20)
    found = cls()(images)
    assert_same_bits(found[1], images[1])
    assert_same_bits(found[0, ..., 1], images[0, ..., 1])
    assert set(np.asarray(found[0, ..., 0]).ravel()) == {0.0, 255.0}


def test_equalization_makes_all_levels_as_frequent():
    images = np.square(RNG.uniform(6, 15.9, (1, 64, 64, 1))).astype("float32")
    counts = np.histogram(layers.Equalization()(images), 8, (0, 256))[0]
    assert (abs(counts - 512) < 60).all()


def test_clahe_keeps_whole_numbers():
    images = IMAGES.astype("uint8")
    found = CLAHE(tile_grid_size=2)(images)
    assert found.dtype == "uint8"
    assert_close(found.astype("float32"), np.floor(CLAHE(tile_grid_size=2)(images.astype("float32"))))


# Filters and rectangles.


def test_half_sharpness_changes_nothing():
    assert_close(layers.RandomSharpness((0.5, 0.5))(IMAGES), IMAGES)


def test_erased_rectangles():
    images = jnp.full((200, 20, 30, 3), 9.0)
    found = np.asarray(layers.RandomErasing((1, 1), (0.25, 0.25), (1.0, 2.0, 300.0), seed=1)(images))
    erased = found[..., 0] == 1
    assert set(erased.sum((1, 2))) <= {h * w for h in (10, 11) for w in (15, 16)}
    assert len({row.tobytes() for row in erased}) > 50
    assert_same_bits(found[erased], np.broadcast_to(np.array([1, 2, 255], "float32"), (erased.sum(), 3)))
    assert (found[~erased] == 9).all()
    noise = np.asarray(layers.RandomErasing((1, 1), (1, 1), value_range=(0, 1))(images))
    assert noise.min() == 0
    assert noise.max() == 1
    assert 0.2 < noise.mean() < 0.5


# Mixing.


def test_mixup_mixes_all_alike():
    layer = layers.MixUp(1.0, bounding_box_format="xyxy", seed=2)
    given = data()
    drawn = layers.MixUp(1.0, seed=2).get_random_transformation(IMAGES)
    order, weight = np.asarray(drawn["permutation_order"]), np.asarray(drawn["mix_weight"])
    assert sorted(order) == [0, 1, 2, 3]
    found = layer(given)
    for part, axes in (("images", 3), ("labels", 1), ("segmentation_masks", 3)):
        own, w = given[part].astype("float32"), weight.reshape((4,) + (1,) * axes)
        assert_close(found[part], w * own + (1 - w) * own[order])
    boxes = given["bounding_boxes"]
    for part in ("boxes", "labels"):
        assert_same_bits(found["bounding_boxes"][part], jnp.concatenate([boxes[part], boxes[part][order]], 1))
    assert_same_bits(layer(given, training=False), jax.tree.map(jnp.asarray, given))


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_weights_of_mixup_are_of_the_beta_distribution(alpha):
    weight = np.asarray(layers.MixUp(alpha, seed=1).get_random_transformation(MANY)["mix_weight"])
    assert weight.mean() == pytest.approx(0.5, abs=0.02)
    assert weight.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.06)


def test_cutmix_mixes_labels_by_the_area():
    images = np.stack([np.full((40, 50, 1), i, "float32") for i in range(8)])
    found = layers.CutMix(seed=4)({"images": images, "labels": np.eye(8)})
    pixels = np.asarray(found["images"])
    shares = np.stack([(pixels == i).mean((1, 2, 3)) for i in range(8)], 1)
    np.testing.assert_allclose(found["labels"], shares, atol=0.05)
    assert len(np.unique(shares.max(1))) > 3


@pytest.mark.parametrize("cls", [layers.MixUp, layers.CutMix])
def test_padding_is_not_mixed_in(cls):
    layer, rows = cls(seed=0), jnp.array([True, False, True, True, False, True])
    for _ in range(20):
        with context.call(True, rows):
            order = np.asarray(layer.get_random_transformation(jnp.zeros((6, 3, 3, 1)))["permutation_order"])
        assert sorted(order) == [0, 1, 2, 3, 4, 5]
        assert sorted(order[[0, 2, 3, 5]]) == [0, 2, 3, 5]


@pytest.mark.parametrize("cls", [layers.MixUp, layers.CutMix])
def test_numbers_of_classes_are_not_mixed(cls):
    with pytest.raises(ValueError, match=r"mixes labels, one-hot of shape .* whole numbers of shape"):
        cls()({"images": IMAGES, "labels": np.arange(4)})


# Policies.

POLICIES = [layers.RandAugment(num_ops=4, seed=3), layers.AugMix(seed=3)]


@pytest.mark.parametrize("layer", POLICIES, ids=lambda layer: type(layer).__name__)
def test_policies_are_the_same_compiled(layer):
    drawn = layer.get_random_transformation(IMAGES, seed=6)
    shape = drawn.pop("input_shape")
    compiled = jax.jit(lambda x, drawn: layer.transform_images(x, {**drawn, "input_shape": shape}))(IMAGES, drawn)
    assert_close(compiled, layer.transform_images(IMAGES, {**drawn, "input_shape": shape}), 1e-5)
    assert compiled.min() >= 0
    assert compiled.max() <= 255
    assert not np.array_equal(compiled, IMAGES)


def test_an_operation_of_rand_augment_is_the_layer_alone():
    """Images, masks and boxes follow the same numbers, those that the operation draws from its key."""
    policy = layers.RandAugment(num_ops=1, bounding_box_format="xyxy", seed=1)
    given = data()
    drawn = policy.get_random_transformation(IMAGES)
    for index, operation in enumerate(policy.operations):
        numbers = {**drawn, "layer_idxes": jnp.array([index])}
        images = policy.transform_images(IMAGES, numbers)
        boxes = policy.transform_bounding_boxes(given["bounding_boxes"], numbers)
        masks = policy.transform_segmentation_masks(given["segmentation_masks"], numbers)
        assert images.shape == IMAGES.shape
        assert masks.dtype == "uint8"
        moves = type(operation).__name__ in ("RandomShear", "RandomTranslation", "RandomRotation")
        assert moves != np.array_equal(masks, given["segmentation_masks"])
        assert moves != np.array_equal(boxes["boxes"], given["bounding_boxes"]["boxes"])
        moved = [np.asarray(images)[..., :1] > 99, np.asarray(masks) > 0]
        assert not moves or (moved[0] == moved[1]).mean() > 0.6


def test_policies_draw_anew_for_each_batch():
    layer = layers.RandAugment(num_ops=3, seed=1)
    drawn = {tuple(np.asarray(layer.get_random_transformation(IMAGES)["layer_idxes"])) for _ in range(20)}
    assert len(drawn) > 15
    assert {i for row in drawn for i in row} == set(range(11))
    few = layers.AugMix(all_ops=False, num_chains=20, seed=1).get_random_transformation(IMAGES)
    assert set(np.unique(few["layer_idxes"])) == set(range(8)), "seven operations, and none"
    assert_close(few["chain_mixing_weights"].sum(), np.float32(1))


def test_augmix_of_no_operations_is_the_image():
    layer = layers.AugMix(seed=1)
    drawn = layer.get_random_transformation(IMAGES)
    drawn["layer_idxes"] = jnp.full((3, 3), 11)
    assert_close(layer.transform_images(IMAGES, drawn), IMAGES)
    assert_close(layer.transform_segmentation_masks(data()["segmentation_masks"], drawn), IMAGES[..., :1] > 99)


# Bad input.


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: layers.RandomBrightness(1.1),
            r"RandomBrightness: The `factor` argument should be a number in -1 .. 1, or two of them",
        ),
        (
            lambda: layers.RandomContrast((-0.1, 0.5)),
            r"RandomContrast: The `factor` argument should be a number in 0 .. 1.*got \(-0.1",
        ),
        (lambda: layers.RandomHue("much"), "RandomHue: The `factor` argument should be a number in 0 .. 1.*got 'much'"),
        (lambda: layers.RandomSharpness((0.1, 0.2, 0.3)), "RandomSharpness: .* or two of them"),
        (lambda: layers.RandomGrayscale(1.5), "RandomGrayscale: argument `factor` must be a number in 0 .. 1; got 1.5"),
        (
            lambda: layers.RandomPosterization(9),
            "RandomPosterization: The `factor` argument should be a number in 1 .. 8",
        ),
        (
            lambda: layers.RandomPosterization(2.5),
            "RandomPosterization: argument `factor` must be a positive integer; got 2.5",
        ),
        (
            lambda: layers.Solarization(threshold_factor=2),
            "Solarization: The `threshold_factor` argument should be a number in 0 .. 1",
        ),
        (
            lambda: layers.RandomHue(0.1, (0, 1, 2)),
            r"RandomHue: The `value_range` argument should be a list of two numbers.*got \(0, 1, 2\)",
        ),
        (
            lambda: layers.AutoContrast(255),
            "AutoContrast: The `value_range` argument should be a list of two numbers.*got 255",
        ),
        (
            lambda: layers.Equalization((5, 5)),
            r"Equalization: The `value_range` argument should be a list of two numbers.*got \(5, 5\)",
        ),
        (lambda: layers.Equalization(bins=1), "Equalization: argument `bins` must be an integer >= 2; got 1"),
        (lambda: CLAHE(clip_limit=-1), "`clip_limit` must be a number >= 0; got -1"),
        (lambda: CLAHE(tile_grid_size=(8, 0)), "`tile_grid_size` must be a positive integer; got 0"),
        (
            lambda: layers.RandomGaussianBlur(kernel_size=4),
            "RandomGaussianBlur: argument `kernel_size` must be odd; got 4",
        ),
        (
            lambda: layers.RandomGaussianBlur(sigma=3),
            "RandomGaussianBlur: The `sigma` argument should be a number in 0 .. 1",
        ),
        (
            lambda: layers.RandomErasing(fill_value=(1, 2)),
            r"`fill_value` must be a number, three of them.*got \(1, 2\)",
        ),
        (lambda: layers.MixUp(0), "MixUp: argument `alpha` must be a number > 0; got 0"),
        (lambda: layers.RandomBrightness([0.1]), r"or two of them; got \[0.1\]"),
        (lambda: layers.CutMix(2), "CutMix: The `factor` argument should be a number in 0 .. 1"),
        (lambda: layers.RandAugment(num_ops=-1), "RandAugment: argument `num_ops` must be an integer >= 0; got -1"),
        (lambda: layers.RandAugment(interpolation="bicubic"), "interpolation"),
        (lambda: layers.AugMix(num_chains=0), "AugMix: argument `num_chains` must be a positive integer; got 0"),
        (lambda: layers.AugMix(alpha=-1.0), "AugMix: argument `alpha` must be a number > 0; got -1"),
        (lambda: layers.RandomHue(0.1)(IMAGES[..., :2]), "images of 3 channels; got the shape"),
        (lambda: layers.RandomGrayscale()(IMAGES[..., :2]), "images of 1 or 3 channels; got the shape"),
        (lambda: layers.MixUp()(IMAGES[0, 0]), r"image to be rank 3 or 4, one image or a batch of them"),
    ],
)
def test_bad_input(make, words):
    with pytest.raises(ValueError, match=words):
        make()
