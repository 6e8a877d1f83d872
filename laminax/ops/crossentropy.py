"""Cross-entropies of single samples. The losses of that name add checks, weights and means."""

import jax
import jax.numpy as jnp

from .._core.operation import Array, operation
from .._core.settings import epsilon

__all__ = ["binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"]


@operation
def binary_crossentropy(target: Array, output: Array, from_logits: bool = False) -> Array:
    """`-target * log(p) - (1 - target) * log(1 - p)` of each number.

    Args:
        target: 0, 1, or something between.
        output: probabilities `p`, kept `epsilon()` away from 0 and 1; or logits.
        from_logits: whether `output` are logits, `p = sigmoid(output)`.
    """
    _same_shapes("binary_crossentropy", target, output)
    if from_logits:
        return -target * jax.nn.log_sigmoid(output) - (1 - target) * jax.nn.log_sigmoid(-output)
    p = jnp.clip(output, epsilon(), 1 - epsilon())
    return -target * jnp.log(p) - (1 - target) * jnp.log(1 - p)


@operation
def categorical_crossentropy(target: Array, output: Array, from_logits: bool = False, axis: int = -1) -> Array:
    """`-sum(target * log(p))` along `axis`.

    Args:
        target: probabilities of the classes, such as one-hot vectors.
        output: probabilities `p`, brought to the sum 1; or logits.
        from_logits: whether `output` are logits, `p = softmax(output)`.
        axis: the axis of the classes.
    """
    _same_shapes("categorical_crossentropy", target, output)
    _check_rank("categorical_crossentropy", output)
    return -jnp.sum(target * _log_probabilities(output, from_logits, axis), axis)


@operation
def sparse_categorical_crossentropy(target: Array, output: Array, from_logits: bool = False, axis: int = -1) -> Array:
    """`-log(p[target])` along `axis`.

    Args:
        target: the number of the class; its shape is that of `output` without the axis of the classes, or with 1 there.
        output: probabilities `p`, brought to the sum 1; or logits.
        from_logits: whether `output` are logits, `p = softmax(output)`.
        axis: the axis of the classes.
    """
    _check_rank("sparse_categorical_crossentropy", output)
    if target.ndim == output.ndim and target.shape[axis] == 1:
        target = jnp.squeeze(target, axis)
    place = axis % output.ndim
    if target.shape != output.shape[:place] + output.shape[place + 1 :]:
        raise ValueError(
            "sparse_categorical_crossentropy: `target` and `output` must have the same shape but for the axis of the "
            f"classes, {axis}; got {target.shape} and {output.shape}."
        )
    hot = jax.nn.one_hot(target.astype("int32"), output.shape[axis], axis=axis, dtype=output.dtype)
    return -jnp.sum(hot * _log_probabilities(output, from_logits, axis), axis)


def _log_probabilities(output: Array, from_logits: bool, axis: int) -> Array:
    if from_logits:
        return jax.nn.log_softmax(output, axis)
    return jnp.log(jnp.clip(output / jnp.sum(output, axis, keepdims=True), epsilon(), 1 - epsilon()))


def _same_shapes(name: str, target: Array, output: Array) -> None:
    if target.shape != output.shape:
        raise ValueError(f"{name}: `target` and `output` must have the same shape; got {target.shape}, {output.shape}.")


def _check_rank(name: str, output: Array) -> None:
    if output.ndim < 1:
        raise ValueError(f"{name}: `output` must be at least rank 1; got a number.")
