"""Bounding boxes: Keras's numbers, formats there and back, and bad input."""

import functools
import itertools

import jax
import numpy as np
import pytest
from contract import assert_close
from golden_images import ARRAYS, cases, given, numbered

from laminax.ops.bounding_boxes import FORMATS, as_arrays, clip_to_image_size, convert_format
from laminax.utils import bounding_boxes

BOXES = ARRAYS["boxes"]


@cases("boxes")
def test_functions_give_the_oracles_numbers(i, case):
    function = functools.partial(getattr(bounding_boxes, case["name"]), **given(case["arguments"], i))
    (wanted,) = numbered(i, "output")
    assert_close(jax.jit(function)(*numbered(i, "input")), wanted, 2e-6)


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(FORMATS, 2)))
def test_formats_there_and_back(source, target):
    there = convert_format(BOXES, source, target, 7, 6)
    assert_close(convert_format(there, target, source, 7, 6), BOXES, 1e-5)


@pytest.mark.parametrize("name", FORMATS)
def test_clipping_in_any_format(name):
    boxes = {"boxes": convert_format(BOXES, "xyxy", name, 4, 5), "labels": np.arange(6).reshape(2, 3), "more": 1}
    clipped = clip_to_image_size(boxes, 4, 5, name)
    wanted = np.clip(BOXES, 0, [5, 4, 5, 4])
    assert_close(convert_format(clipped["boxes"], name, "xyxy", 4, 5), wanted, 1e-5)
    assert clipped["labels"].tolist() == [[0, 1, 2], [3, 4, -1]]
    assert clipped["more"] == 1
    assert "labels" not in clip_to_image_size({"boxes": BOXES}, 4, 5)


def test_deltas_of_levels_are_decoded_each():
    arguments = {"anchor_format": "xyxy", "box_format": "xyxy"}
    levels = {"low": BOXES[0], "high": BOXES[1] * 2}
    deltas = {
        k: bounding_boxes.encode_box_to_deltas(v, v + 1, encoding_format="center_xywh", **arguments)
        for k, v in levels.items()
    }
    found = bounding_boxes.decode_deltas_to_boxes(levels, deltas, encoded_format="center_xywh", **arguments)
    assert_close(found, {k: v + 1 for k, v in levels.items()}, 1e-5)


def test_relative_boxes_overlap_as_absolute_ones():
    relative = convert_format(BOXES, "xyxy", "rel_xyxy", 7, 6)
    for function in (bounding_boxes.compute_iou, bounding_boxes.compute_ciou):
        found = function(relative, relative[::-1], "rel_xyxy", image_shape=(7, 6, 3))
        assert_close(found, function(BOXES, BOXES[::-1], "xyxy"), 1e-5)


def test_lists_of_boxes_are_filled_up():
    found = as_arrays({"boxes": [[[0, 1, 2, 3], [1, 1, 2, 2]], []], "labels": [[4, 5], []]})
    assert found["boxes"].tolist() == [[[0, 1, 2, 3], [1, 1, 2, 2]], [[0] * 4] * 2]
    assert found["labels"].tolist() == [[4, 5], [-1, -1]]
    assert as_arrays({"boxes": [[0, 1, 2, 3]], "labels": [4]})["boxes"].shape == (1, 4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: convert_format(BOXES, "xyzw", "xywh"),
            "convert_format: argument `source` can't be 'xyzw'. Did you mean",
        ),
        (
            lambda: convert_format(BOXES[..., :3], "xyxy", "xywh"),
            "Boxes have 4 numbers on the last axis; got the shape",
        ),
        (
            lambda: convert_format(BOXES, "xyxy", "rel_xywh", height=3),
            "must receive `height` and `width` of the image to go from 'xyxy' to 'rel_xywh'; got height=3, width=None.",
        ),
        (lambda: clip_to_image_size({"boxes": BOXES}), "needs `height` and `width` of the image for boxes in format"),
        (lambda: bounding_boxes.compute_iou(BOXES, BOXES[0, 0], "xyxy"), "boxes2 has 2 axes, or 3 with a batch; got"),
        (lambda: bounding_boxes.compute_ciou(BOXES, BOXES, "rel_xyxy"), "compute_ciou needs `image_shape` for boxes"),
        (
            lambda: bounding_boxes.crop(BOXES, 1, 1, 2, 2, "xywh"),
            "pad or crop: argument `bounding_box_format` can't be 'xywh'",
        ),
        (
            lambda: bounding_boxes.encode_box_to_deltas(BOXES, BOXES, "xyxy", "xyxy", variance=[1, 2]),
            "variance must be four numbers; got [1, 2].",
        ),
        (
            lambda: bounding_boxes.decode_deltas_to_boxes(BOXES, BOXES, "xyxy", "xyxy", encoded_format="xyxy"),
            "decode_deltas_to_boxes: argument `encoded_format` can't be 'xyxy'",
        ),
        (lambda: as_arrays({"boxes": BOXES}), "Bounding boxes are a dict of 'boxes' and 'labels'; got ['boxes']."),
        (lambda: as_arrays({"boxes": BOXES, "labels": np.ones(2)}), "'labels' the same without the 4"),
        (lambda: as_arrays({"boxes": [[[0] * 4]], "labels": []}), "as many 'boxes' as 'labels'; got 1 and 0."),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError) as caught:
        call()
    assert words in str(caught.value)
