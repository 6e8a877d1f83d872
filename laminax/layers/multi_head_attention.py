"""Attention with several heads: each looks for something else in the same steps."""

import functools
import numbers
import operator
from typing import Any

import jax
import jax.numpy as jnp

from .. import random
from .._core import checks
from .._core.errors import shape_text
from .._core.random import SeedGenerator
from ..ops.attention import attention_scores, dot_product_attention, masked_softmax, weighted
from ..ops.attention_axes import AttentionAxes
from .dense import known_size
from .einsum import EinsumDense
from .input_spec import InputSpec
from .layer import Array, Layer, Shape

__all__ = ["MultiHeadAttention"]

_RULES = [f"{weight}_{rule}" for weight in ("kernel", "bias") for rule in ("initializer", "regularizer", "constraint")]


class ProjectedAttention(Layer):
    """The base of attention whose queries, keys and values are projections of the inputs, some for each head.

    A subclass sets `heads` and `sizes`; one that weighs the values otherwise overrides `_compute_attention`.
    """

    supports_masking = True
    attention_axes: tuple[int, ...] | None = None
    output_shape: tuple[int, ...] | None = None
    heads: tuple[int, int]  # of queries; of keys and values
    sizes: tuple[int, int]  # of a query and a key; of a value

    def __init__(
        self,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.dropout = checks.fraction(self, "dropout", dropout)
        self.use_bias = use_bias
        self.sliding_window = sliding_window
        self.flash_attention = flash_attention
        self.describe_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.describe_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.use_gate = use_gate
        self.seed = seed
        self.seed_generator = SeedGenerator(seed) if self.dropout else None
        self.input_spec = InputSpec(min_ndim=3)
        if sliding_window is not None:
            checks.integer(self, "sliding_window", sliding_window)
        if flash_attention and self.dropout:
            raise checks.refused(
                self, "dropout", "must be 0: Dropout is not supported when flash attention is enabled", dropout
            )

    def build(self, query_shape: Shape, value_shape: Shape = None, key_shape: Shape = None) -> None:
        """Make the projections. A value has by default the query's shape, a key the value's."""
        value_shape = query_shape if value_shape is None else value_shape
        key_shape = value_shape if key_shape is None else key_shape
        if len(value_shape) != len(query_shape) or tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}): the numbers of axes of query, value and key must be "
                "equal, and all sizes of value and key but the last; "
                f"got {', '.join(shape_text(tuple(s)) for s in (query_shape, value_shape, key_shape))}."
            )
        self._axes(len(query_shape))
        (heads, key_heads), (size, value_size) = self.heads, self.sizes
        outputs = self.output_shape or (known_size(self, query_shape, -1),)
        letters = "defghijklmn"[: len(outputs)]
        self.query_dense = self._projection("query", query_shape, (heads, size))
        self.key_dense = self._projection("key", key_shape, (key_heads, size))
        self.gate_dense = self._projection("gate", query_shape, (heads, value_size)) if self.use_gate else None
        self.value_dense = self._projection("value", value_shape, (key_heads, value_size))
        combined = (*query_shape[:-1], heads, value_size)
        self.output_dense = self._projection("attention_output", combined, outputs, f"bc,bc{letters}->{letters}")

    def _projection(self, name: str, input_shape: Shape, sizes: Shape, equation: str = "a,abc->bc") -> EinsumDense:
        layer = EinsumDense(
            "..." + equation.replace("->", "->..."),
            sizes,
            bias_axes=equation.split("->")[1] if self.use_bias else None,
            activity_regularizer=None if name == "attention_output" else self.activity_regularizer,
            dtype=self.dtype_policy,
            name=name,
            **{rule: getattr(self, rule) for rule in _RULES},
        )
        layer.supports_masking = True  # it treats each step alone
        layer.build(input_shape)
        return layer

    def call(
        self,
        query: Array,
        value: Array,
        key: Array | None = None,
        query_mask: Array | None = None,
        value_mask: Array | None = None,
        key_mask: Array | None = None,
        attention_mask: Array | None = None,
        return_attention_scores: bool = False,
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        # A fused kernel is faster where it knows that the mask is causal; a subclass's method gets it with the others.
        own = type(self)._compute_attention is ProjectedAttention._compute_attention
        masks = query_mask, value_mask, key_mask, attention_mask, use_causal_mask and not own
        outputs, scores = self._compute_attention(
            self.query_dense(query),
            self.key_dense(value if key is None else key),
            self.value_dense(value),
            self._compute_attention_mask(query, value, *masks),
            training,
            *([True] if return_attention_scores else []),  # a subclass's method may not know of them
            **({"use_causal_mask": use_causal_mask} if own else {}),
        )
        if self.gate_dense is not None:
            outputs = outputs * jax.nn.sigmoid(self.gate_dense(query))
        outputs = self.output_dense(outputs)
        return (outputs, scores) if return_attention_scores else outputs

    def _compute_attention(
        self,
        query: Array,
        key: Array,
        value: Array,
        attention_mask: Array | None = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> tuple[Array, Array | None]:
        """The means of the values `(batch, ..., heads, size)`, and their weights, where these are computed."""
        if return_attention_scores and self.flash_attention:
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}): Returning attention scores is not supported when flash "
                "attention is enabled. Please disable flash attention to access attention scores, by "
                "flash_attention=False."
            )
        axes = self._axes(query.ndim - 1)
        shape = axes.scores_shape(query.shape[:-2], key.shape[:-2], query.shape[-2])
        mask = None if attention_mask is None else axes.mask_of_scores(attention_mask, shape)
        if query.ndim == 4 and not self.dropout and not return_attention_scores:
            how = {"is_causal": use_causal_mask, "flash_attention": self.flash_attention}
            return dot_product_attention(query, key, value, None, mask, **how), None
        if use_causal_mask:
            causal = axes.seen(query.shape, key.shape, None, True)
            mask = causal if mask is None else mask & causal
        scores = attention_scores(axes.joined(query), axes.joined(key))
        weights = masked_softmax(scores.reshape(shape), mask, tuple(range(-len(axes.axes), 0)))
        weights = weights if mask is None else jnp.where(mask, weights, 0)
        drops = training and self.dropout
        kept = random.dropout(weights, self.dropout, seed=self.seed_generator) if drops else weights
        outputs = weighted(kept.reshape(scores.shape), axes.joined(value))
        return axes.parted(outputs, axes.sizes(query.shape)), weights.astype(value.dtype)

    def _compute_attention_mask(
        self,
        query: Array,
        value: Array,
        query_mask: Array | None = None,
        value_mask: Array | None = None,
        key_mask: Array | None = None,
        attention_mask: Array | None = None,
        use_causal_mask: bool = False,
    ) -> Array | None:
        """Which query sees which key: what all masks leave, as it broadcasts to the scores."""
        axes = self._axes(query.ndim)
        given = (("query_mask", query_mask, query), ("value_mask", value_mask, value), ("key_mask", key_mask, value))
        masks = [axes.mask_of_steps(name, mask, x.shape) for name, mask, x in given if mask is not None]
        if attention_mask is not None:
            shape = axes.scores_shape(query.shape[:-1], value.shape[:-1], self.heads[0])
            masks.append(axes.mask_of_scores(attention_mask, shape))
        if use_causal_mask or self.sliding_window is not None:
            masks.append(axes.seen(query.shape, value.shape, self.sliding_window, use_causal_mask))
        return functools.reduce(operator.and_, masks) if masks else None

    def _axes(self, rank: int) -> AttentionAxes:
        return AttentionAxes.of(f"Layer {self.name!r} ({type(self).__name__})", rank, self.attention_axes)

    # Keras's names of these, by which programs reach them.
    _query_dense, _key_dense, _value_dense, _gate_dense, _output_dense = (
        property(operator.attrgetter(f"{name}_dense")) for name in ("query", "key", "value", "gate", "output")
    )
    _flash_attention, _sliding_window = map(property, map(operator.attrgetter, ("flash_attention", "sliding_window")))


class MultiHeadAttention(ProjectedAttention):
    """Attention with several heads (Vaswani et al., 2017).

    Each head projects query, key and value, `q = query @ query_kernel + query_bias` and so on, and takes
    `softmax(q @ k.T / sqrt(key_dim)) @ v`; the heads' means are joined and projected to the output.

    Call with `query` `(batch, steps, features)`, `value` and, where it is another, `key`
    `(batch, key steps, features)`. Output `(batch, steps, features)`, those of the query, or of `output_shape`. With
    `return_attention_scores` also the weights `(batch, heads, steps, key steps)`. There may be more axes: see
    `attention_axes`.

    What a query may see: `query_mask`, `value_mask` and `key_mask` `(batch, steps)` say which steps are real (masks
    of earlier layers come by themselves); `attention_mask` `(batch, steps, key steps)`, for all heads or with an
    axis for them before the steps', which query may see which key; `use_causal_mask` hides later keys.
    A query that may see nothing gets the mean of all values, or zero where the weights are computed
    (with `dropout`, scores, or more axes); its output is finite.

    Args:
        num_heads: the number of heads.
        key_dim: the size of a head's queries and keys.
        value_dim: the size of a head's values; `key_dim` by default.
        dropout: the fraction of weights that is dropped in training.
        use_bias: whether the projections add biases.
        output_shape: the features of the output, an integer or several; those of the query by default.
        attention_axes: axes over which attention goes; by default all but the batch's and the features'.
        sliding_window: a query sees keys that are nearer than this many steps only.
        flash_attention: `True` insists on the device's fused kernel, `False` does without; `None` takes it where
            there is one, unless `config.disable_flash_attention()` was called.
        kernel_initializer, bias_initializer: first values of all projections.
        kernel_regularizer, bias_regularizer: penalties on them.
        activity_regularizer: a penalty on the output of each.
        kernel_constraint, bias_constraint: where they must stay.
        use_gate: multiply the means by `sigmoid(query @ gate_kernel + gate_bias)` (Qiu et al., 2025).
        seed: an integer for the same dropout at each run.
    """

    keras_attributes = {"gate_dense": "_gate_dense"}

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            *(dropout, use_bias, sliding_window, flash_attention, kernel_initializer, bias_initializer),
            *(kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint),
            *(use_gate, seed),
            **kwargs,
        )
        self.num_heads = checks.integer(self, "num_heads", num_heads)
        self.key_dim = checks.integer(self, "key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else checks.integer(self, "value_dim", value_dim)
        self.output_shape = self._integers("output_shape", output_shape, 1)
        self.attention_axes = self._integers("attention_axes", attention_axes, -(2**31))
        self.heads = self.num_heads, self.num_heads
        self.sizes = self.key_dim, self.value_dim

    def _integers(self, name: str, value: Any, least: int) -> tuple[int, ...] | None:
        values = value if isinstance(value, (list, tuple)) else [value]
        if value is not None and not all(isinstance(v, numbers.Integral) and int(v) >= least for v in values):
            raise ValueError(
                f"{type(self).__name__}: Invalid `{name}`: integers are wanted, one or several; got {value!r}."
            )
        return None if value is None else tuple(map(int, values))
