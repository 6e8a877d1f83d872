"""Bounding boxes: formats, clipping, geometry, overlap, and deltas from anchors.

Boxes are arrays `(..., boxes, 4)`. A dict of `"boxes"` and `"labels"` is a set of boxes with what they hold; a box
that only pads the set has the label -1. Where a format starts with `rel_`, 1 is the width or height of the image.

    xyxy, rel_xyxy                 left, top, right, bottom
    yxyx, rel_yxyx                 top, left, bottom, right
    xywh, rel_xywh                 left, top, width, height
    center_xywh, rel_center_xywh   x and y of the centre, width, height
    center_yxhw                    y and x of the centre, height, width
"""

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import checks, settings

Array = Any

FORMATS = (
    *("xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw"),
    *("rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"),
)

__all__ = [
    "affine_transform",
    "clip_to_image_size",
    "compute_ciou",
    "compute_iou",
    "convert_format",
    "crop",
    "decode_deltas_to_boxes",
    "encode_box_to_deltas",
    "pad",
]


def convert_format(
    boxes: Any, source: str, target: str, height: Any = None, width: Any = None, dtype: str = "float32"
) -> Any:
    """Boxes, or the boxes in a dict, in another format.

    Args:
        boxes: `(..., 4)`, or a dict of `"boxes"` and more.
        source, target: formats.
        height, width: of the image, needed between relative and absolute formats.
        dtype: the float type of the result.
    """
    if isinstance(boxes, Mapping):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    source = checks.choice("convert_format", "source", source, FORMATS)
    target = checks.choice("convert_format", "target", target, FORMATS)
    boxes = jnp.asarray(boxes).astype(dtype)
    if boxes.shape[-1:] != (4,):
        raise ValueError(f"Boxes have 4 numbers on the last axis; got the shape {tuple(boxes.shape)}.")
    if source == target:
        return boxes
    boxes = _corners(boxes, source)
    if _relative(source) != _relative(target):
        if height is None or width is None:
            raise ValueError(
                f"convert_format must receive `height` and `width` of the image to go from {source!r} to {target!r}; "
                f"got height={height!r}, width={width!r}."
            )
        size = _size(height, width, dtype)
        boxes = boxes * size if _relative(source) else boxes / size
    return _from_corners(boxes, target)


def _relative(name: str) -> bool:
    return name.startswith("rel_")


def _size(height: Any, width: Any, dtype: Any) -> Array:
    """What the four numbers of a box count in: width, height, width, height."""
    return jnp.concatenate([jnp.atleast_1d(jnp.asarray(side).astype(dtype)) for side in (width, height)] * 2, -1)


_SWAPPED = np.array([1, 0, 3, 2])  # x and y


def _corners(boxes: Array, name: str) -> Array:
    """Left, top, right, bottom of boxes in a format; relative where it is."""
    form = name.removeprefix("rel_")
    if form in ("yxyx", "center_yxhw"):
        boxes = boxes[..., _SWAPPED]
    first, second = boxes[..., :2], boxes[..., 2:]
    if form == "xywh":
        second = first + second
    elif form.startswith("center_"):
        first, second = first - second / 2, first + second / 2
    return jnp.concatenate([first, second], -1)


def _from_corners(boxes: Array, name: str) -> Array:
    """The inverse of `_corners`."""
    form = name.removeprefix("rel_")
    first, second = boxes[..., :2], boxes[..., 2:]
    if form == "xywh" or form.startswith("center_"):
        second = second - first
    if form.startswith("center_"):
        first = first + second / 2
    boxes = jnp.concatenate([first, second], -1)
    return boxes[..., _SWAPPED] if form in ("yxyx", "center_yxhw") else boxes


def clip_to_image_size(
    bounding_boxes: Mapping[str, Any], height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> dict[str, Any]:
    """The part of each box that lies in the image; the label of a box without such a part becomes -1.

    Args:
        bounding_boxes: a dict of `"boxes"` `(..., boxes, 4)` and, if there are any, `"labels"` `(..., boxes)`.
        height, width: of the image, needed for absolute formats.
        bounding_box_format: the format of the boxes.
    """
    name = checks.choice("clip_to_image_size", "bounding_box_format", bounding_box_format, FORMATS)
    if not _relative(name) and (height is None or width is None):
        raise ValueError(
            f"clip_to_image_size needs `height` and `width` of the image for boxes in format {name!r}; "
            f"got height={height!r}, width={width!r}."
        )
    boxes = jnp.asarray(bounding_boxes["boxes"])
    high = 1 if _relative(name) else _size(height, width, boxes.dtype)
    boxes = jnp.clip(_corners(boxes, name), 0, high)
    clipped = {**bounding_boxes, "boxes": _from_corners(boxes, name)}
    if bounding_boxes.get("labels") is not None:
        clipped["labels"] = jnp.where(_area(boxes) > 0, jnp.asarray(bounding_boxes["labels"]), -1)
    return clipped


def _area(corners: Array) -> Array:
    sides = corners[..., 2:] - corners[..., :2]
    return sides[..., 0] * sides[..., 1]


def affine_transform(
    boxes: Array,
    angle: Any,
    translate_x: Any,
    translate_y: Any,
    scale: Any,
    shear_x: Any,
    shear_y: Any,
    height: Any,
    width: Any,
    center_x: float | None = None,
    center_y: float | None = None,
    bounding_box_format: str = "xyxy",
) -> Array:
    """The boxes around boxes that are scaled, sheared, rotated and moved with their image.

    Args:
        boxes: `(batch, boxes, 4)`.
        angle: of the rotation against the clock, in degrees, `(batch,)` as all that follow.
        translate_x, translate_y: shares of width and height to move by.
        scale: by which lengths grow.
        shear_x, shear_y: angles, in degrees.
        height, width: of the image.
        center_x, center_y: the centre of the transformation as shares of width and height; `None` is the middle.
        bounding_box_format: the format of the boxes.
    """
    boxes = convert_format(boxes, bounding_box_format, "xyxy", height, width)

    def each(value: Any) -> Array:
        return jnp.asarray(value).astype(boxes.dtype).reshape(-1, 1, 1)

    across, down = each(width) - 1, each(height) - 1
    middle_x, middle_y = ((0.5 if c is None else c) * side for c, side in ((center_x, across), (center_y, down)))
    turn, slant_x, slant_y = (jnp.deg2rad(-each(v)) for v in (angle, shear_x, shear_y))
    a, b, c, d = _linear_part(turn, slant_x, slant_y, each(scale))
    x = boxes[..., np.array([0, 2, 2, 0])] - middle_x + each(translate_x) * across
    y = boxes[..., np.array([1, 1, 3, 3])] - middle_y + each(translate_y) * down
    x, y = a * x + b * y + middle_x, c * x + d * y + middle_y
    around = jnp.stack([x.min(-1), y.min(-1), x.max(-1), y.max(-1)], -1)
    return convert_format(around, "xyxy", bounding_box_format, height, width)


def _linear_part(angle: Array, shear_x: Array, shear_y: Array, scale: Array) -> tuple[Array, Array, Array, Array]:
    """`[[a, b], [c, d]]` of the transformation of points that goes with that of an image."""
    a = jnp.cos(angle - shear_y) / jnp.cos(shear_y)
    b = a * jnp.tan(shear_x) + jnp.sin(angle)
    c = -jnp.sin(angle - shear_y) / jnp.cos(shear_y)
    d = jnp.cos(angle) - c * jnp.tan(shear_x)
    return d * scale, -b * scale, -c * scale, a * scale


def crop(boxes: Array, top: Any, left: Any, height: Any, width: Any, bounding_box_format: str = "xyxy") -> Array:
    """Boxes within a part of the image that starts at `top` and `left` and has this size; `"xyxy"` alone."""
    moved = pad(boxes, -top, -left, bounding_box_format=bounding_box_format)
    return jnp.clip(moved, 0, _size(height, width, moved.dtype))


def pad(
    boxes: Array, top: Any, left: Any, height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> Array:
    """Boxes in an image that has grown by `top` rows and `left` columns; `"xyxy"` alone.

    `height` and `width` are not needed: they stand for the sake of one signature.
    """
    checks.choice("pad or crop", "bounding_box_format", bounding_box_format, ("xyxy",))
    boxes = jnp.asarray(boxes)
    return boxes + _size(top, left, boxes.dtype)


def compute_iou(
    boxes1: Array,
    boxes2: Array,
    bounding_box_format: str,
    use_masking: bool = False,
    mask_val: float = -1,
    image_shape: Any = None,
) -> Array:
    """Intersection over union of each box with each: `(..., M, 4)` and `(..., N, 4)` to `(..., M, N)`.

    Args:
        boxes1, boxes2: boxes, with or without a batch.
        bounding_box_format: their format.
        use_masking: whether pairs with a box of negative numbers alone get `mask_val`.
        mask_val: their value.
        image_shape: `(height, width, channels)`, needed for relative formats.
    """
    for name, boxes in (("boxes1", boxes1), ("boxes2", boxes2)):
        if np.ndim(boxes) not in (2, 3):
            raise ValueError(f"compute_iou: {name} has 2 axes, or 3 with a batch; got the shape {np.shape(boxes)}.")
    corners = _in_pixels("compute_iou", boxes1, bounding_box_format, image_shape)
    others = _in_pixels("compute_iou", boxes2, bounding_box_format, image_shape)
    one, other = corners[..., :, None, :], others[..., None, :, :]
    shared = _shared_area(one, other)
    overlap = shared / (_area(one) + _area(other) - shared + settings.epsilon())
    if not use_masking:
        return overlap
    unreal = (one.max(-1) < 0) | (other.max(-1) < 0)
    return jnp.where(unreal, jnp.asarray(mask_val, overlap.dtype), overlap)


def _in_pixels(owner: str, boxes: Array, name: str, image_shape: Any) -> Array:
    """Corners of boxes; those of a relative format need the shape of the image."""
    if _relative(str(name).lower()) and image_shape is None:
        raise ValueError(f"{owner} needs `image_shape` for boxes in the relative format {name!r}.")
    height, width = (None, None) if image_shape is None else image_shape[:2]
    return convert_format(boxes, name, "xyxy", height, width)


def _shared_area(one: Array, other: Array) -> Array:
    first = jnp.maximum(one[..., :2], other[..., :2])
    last = jnp.minimum(one[..., 2:], other[..., 2:])
    sides = jnp.maximum(last - first, 0)
    return sides[..., 0] * sides[..., 1]


def compute_ciou(boxes1: Array, boxes2: Array, bounding_box_format: str, image_shape: Any = None) -> Array:
    """Complete intersection over union of box and box: `(..., 4)` and `(..., 4)` to `(...)`.

    `iou - distance(centres)**2 / diagonal(hull)**2 - alpha * v`, where `v` measures how the aspect ratios differ
    and `alpha = v / (1 - iou + v)`. Zheng et al., 2020. Arguments as `compute_iou`.
    """
    tiny = settings.epsilon()
    one = _in_pixels("compute_ciou", boxes1, bounding_box_format, image_shape)
    other = _in_pixels("compute_ciou", boxes2, bounding_box_format, image_shape)

    def sides(boxes: Array) -> tuple[Array, Array]:
        return boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1] + tiny

    (width1, height1), (width2, height2) = sides(one), sides(other)
    shared = _shared_area(one, other)
    iou = shared / (width1 * height1 + width2 * height2 - shared + 2 * tiny)
    hull = jnp.maximum(one[..., 2:], other[..., 2:]) - jnp.minimum(one[..., :2], other[..., :2])
    apart = (one[..., :2] + one[..., 2:] - other[..., :2] - other[..., 2:]) / 2
    distance = jnp.sum(apart**2, -1) / (jnp.sum(hull**2, -1) + tiny)
    v = 4 / math.pi**2 * (jnp.arctan(width2 / height2) - jnp.arctan(width1 / height1)) ** 2
    return iou - distance - v * v / (v - iou + (1 + tiny))


def encode_box_to_deltas(
    anchors: Array,
    boxes: Array,
    anchor_format: str,
    box_format: str,
    encoding_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Any = None,
) -> Array:
    """How boxes differ from anchors: shift of the centre in sizes of the anchor, and logarithm of the growth.

    Args:
        anchors: `(N, 4)`.
        boxes: `(N, 4)` or `(batch, N, 4)`.
        anchor_format, box_format: their formats.
        encoding_format: `"center_yxhw"` or `"center_xywh"`, the order of the four deltas.
        variance: four numbers to divide the deltas by.
        image_shape: `(height, width, channels)`, needed between relative and absolute formats.
    """
    code = checks.choice("encode_box_to_deltas", "encoding_format", encoding_format, ("center_xywh", "center_yxhw"))
    variance = _variance(variance)
    height, width = (None, None) if image_shape is None else image_shape[:2]
    anchors = convert_format(anchors, anchor_format, code, height, width)
    boxes = convert_format(boxes, box_format, code, height, width)
    lengths = jnp.maximum(anchors[..., 2:], settings.epsilon())
    growth = jnp.log(jnp.maximum(boxes[..., 2:], settings.epsilon()) / lengths)
    shift = (boxes[..., :2] - anchors[..., :2]) / lengths
    return jnp.concatenate([shift, jnp.broadcast_to(growth, shift.shape)], -1) / variance


def decode_deltas_to_boxes(
    anchors: Any,
    boxes_delta: Any,
    anchor_format: str,
    box_format: str,
    encoded_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Any = None,
) -> Any:
    """The boxes that `encode_box_to_deltas` has encoded. Arrays, or dicts of arrays with the same keys."""
    code = checks.choice("decode_deltas_to_boxes", "encoded_format", encoded_format, ("center_xywh", "center_yxhw"))
    variance = _variance(variance)
    height, width = (None, None) if image_shape is None else image_shape[:2]

    def decode(anchors: Array, delta: Array) -> Array:
        anchors = convert_format(anchors, anchor_format, code, height, width)
        delta = jnp.asarray(delta).astype(anchors.dtype) * variance
        centre = delta[..., :2] * anchors[..., 2:] + anchors[..., :2]
        boxes = jnp.concatenate([centre, jnp.exp(delta[..., 2:]) * anchors[..., 2:]], -1)
        return convert_format(boxes, code, box_format, height, width)

    return jax.tree.map(decode, anchors, boxes_delta)


def _variance(variance: Any) -> Array:
    values = np.ones(4) if variance is None else np.asarray(variance)
    if values.shape[-1:] != (4,):
        raise ValueError(f"variance must be four numbers; got {variance!r}.")
    return jnp.asarray(values, "float32")


def as_arrays(bounding_boxes: Any) -> dict[str, Any]:
    """A dict of boxes as arrays: boxes in float32, as many for each image.

    Lists of different lengths are filled up with boxes of zeros, whose label is -1.
    """
    if not isinstance(bounding_boxes, Mapping) or not {"boxes", "labels"} <= set(bounding_boxes):
        found = sorted(bounding_boxes) if isinstance(bounding_boxes, Mapping) else type(bounding_boxes).__name__
        raise ValueError(f"Bounding boxes are a dict of 'boxes' and 'labels'; got {found}.")
    boxes, labels = bounding_boxes["boxes"], bounding_boxes["labels"]
    if isinstance(boxes, (list, tuple)) and isinstance(labels, (list, tuple)):
        boxes, labels = _filled_up(boxes, labels)
    boxes, labels = jnp.asarray(boxes).astype("float32"), jnp.asarray(labels)
    if boxes.ndim not in (2, 3) or boxes.shape[-1] != 4 or labels.ndim not in (boxes.ndim - 1, boxes.ndim):
        raise ValueError(
            "'boxes' has the shape (boxes, 4) or (batch, boxes, 4), and 'labels' the same without the 4, or with "
            f"another number in its place; got {tuple(boxes.shape)} and {tuple(labels.shape)}."
        )
    return {**bounding_boxes, "boxes": boxes, "labels": labels}


def _filled_up(boxes: Any, labels: Any) -> tuple[Any, Any]:
    if len(boxes) != len(labels):
        raise ValueError(f"There must be as many 'boxes' as 'labels'; got {len(boxes)} and {len(labels)}.")
    if not boxes or np.ndim(labels[0]) == 0:
        return np.asarray(boxes, "float32").reshape(-1, 4), np.asarray(labels)
    most = max(map(len, boxes))
    missing = [most - len(b) for b in boxes]
    return (
        np.stack([np.pad(np.reshape(b, (-1, 4)), ((0, n), (0, 0))) for b, n in zip(boxes, missing)]),
        np.stack([np.pad(np.asarray(v), (0, n), constant_values=-1) for v, n in zip(labels, missing)]),
    )
