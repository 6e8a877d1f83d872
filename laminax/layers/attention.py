"""Attention without projections: means of values, weighted by how well their keys fit a query."""

from typing import Any

import jax.numpy as jnp

from .. import random
from .._core import checks
from .._core.graph import free_shape
from .._core.random import SeedGenerator
from ..ops.attention import masked_softmax, seen
from .dense import known_size
from .layer import Array, Layer

__all__ = ["AdditiveAttention", "Attention"]


class Attention(Layer):
    """`softmax(scores) @ value`, with `scores = query @ key.T` (Luong et al., 2015).

    Call with a list: a query `(batch, steps, features)`, a value `(batch, key steps, features)` and, where it is
    not the value, a key of that shape. Output `(batch, steps, value features)`; with `return_attention_scores` also
    the weights `(batch, steps, key steps)`. There may be more axes before the steps.

    `mask` is a list like the inputs: a masked step of the value is not seen, one of the query gives zeros. Masks of
    earlier layers come by themselves. `use_causal_mask` hides later keys. A query that may see nothing gets the mean
    of all values.

    Args:
        use_scale: whether the scores are multiplied by a weight.
        score_mode: `"dot"`, or `"concat"` for the scores `w * sum(tanh(scale * (query + key)))`, with a weight `w`.
        dropout: the fraction of weights that is dropped in training.
        seed: an integer for the same dropout at each run.
    """

    supports_masking = True

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.use_scale = use_scale
        self.score_mode = checks.choice(self, "score_mode", score_mode, ("dot", "concat"))
        self.dropout = checks.fraction(self, "dropout", dropout)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed) if self.dropout else None

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.scale = self.add_weight((), "ones", name="scale") if self.use_scale else None
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check([x.shape for x in inputs])
        query, value, key = (*inputs, inputs[1])[:3]
        query_mask, value_mask = self._masks(mask, query, value)
        scores = self._calculate_scores(query, key)
        weights = masked_softmax(scores, self._calculate_score_mask(scores, value_mask, use_causal_mask))
        if training and self.dropout:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        weights = weights.astype(value.dtype)
        outputs = weights @ value
        if query_mask is not None:
            outputs = jnp.where(query_mask.astype(bool)[..., None], outputs, 0)
        return (outputs, weights) if return_attention_scores else outputs

    def _calculate_scores(self, query: Array, key: Array) -> Array:
        """How well each key fits each query, `(batch, steps, key steps)`: a subclass may say otherwise."""
        if self.score_mode == "dot":
            scores = jnp.matmul(query, jnp.swapaxes(key, -2, -1))
            return scores if self.scale is None else scores * self.scale.value
        both = query[..., :, None, :] + key[..., None, :, :]
        both = both if self.scale is None else both * self.scale.value
        return jnp.sum(jnp.tanh(both), -1) * self.concat_score_weight.value

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None if mask is None or mask[0] is None else jnp.asarray(mask[0])

    def _check(self, shapes: Any) -> None:
        """Two or three shapes, of arrays that go together."""
        who = f"Layer {self.name!r} ({type(self).__name__})"
        rule = f"{who} must be called on a list [query, value] or [query, value, key]"
        if not isinstance(shapes, (list, tuple)) or not all(isinstance(s, (list, tuple)) for s in shapes):
            raise ValueError(f"{rule}; got one array.")
        if len(shapes) not in (2, 3):
            raise ValueError(f"{rule}, of length 2 or 3; got {len(shapes)} arrays.")
        query, value, key = (free_shape(s) for s in (*shapes, shapes[1])[:3])
        if not len(query) == len(value) == len(key) > 2 or query[-1] != key[-1] or value[1:-1] != key[1:-1]:
            raise ValueError(
                f"{who} takes a query (batch, steps, features), a value (batch, key steps, value features) and a key "
                f"(batch, key steps, features); got {query}, {value} and {key}."
            )

    def _masks(self, mask: Any, query: Array, value: Array) -> tuple[Any, Any]:
        """The masks of the query's and of the value's steps."""
        if mask is None:
            return None, None
        rule = f"Layer {self.name!r} ({type(self).__name__}): the layer mask must be a list [query_mask, value_mask]"
        if not isinstance(mask, (list, tuple)):
            raise ValueError(f"{rule}; got one array.")
        if len(mask) not in (2, 3):
            raise ValueError(f"{rule}, of length 2 or 3; got {len(mask)} masks.")
        for m, x in zip(mask, (query, value)):
            if m is not None and free_shape(m.shape) not in (free_shape(x.shape[:2]), free_shape(x.shape[:-1])):
                raise ValueError(f"{rule}, of the shapes {query.shape[:-1]} and {value.shape[:-1]}; got {m.shape}.")
        return mask[0], mask[1]

    def _calculate_score_mask(self, scores: Array, v_mask: Array | None, use_causal_mask: bool) -> Array | None:
        """Which query sees which key, as it broadcasts to the scores."""
        mask = seen(*scores.shape[-2:])[None] if use_causal_mask else None
        if v_mask is not None:
            ones = (1,) * (scores.ndim - v_mask.ndim)
            of_keys = v_mask.astype(bool).reshape(*v_mask.shape[:-1], *ones, v_mask.shape[-1])
            mask = of_keys if mask is None else mask & of_keys
        return mask


class AdditiveAttention(Attention):
    """`softmax(scores) @ value`, with `scores = sum(scale * tanh(query + key))` (Bahdanau et al., 2015).

    Called as `Attention`.

    Args:
        use_scale: whether there is a weight `scale`, one number a feature.
        dropout: the fraction of weights that is dropped in training.
    """

    set_by_class = ("score_mode",)

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        features = known_size(self, input_shape[0], -1)
        self.scale = self.add_weight((features,), name="scale") if self.use_scale else None

    def _calculate_scores(self, query: Array, key: Array) -> Array:
        fits = jnp.tanh(query[..., :, None, :] + key[..., None, :, :])
        return jnp.sum(fits if self.scale is None else fits * self.scale.value, -1)
