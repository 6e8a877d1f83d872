"""Attention with several heads whose queries share keys and values."""

from typing import Any

from .._core import checks
from .input_spec import InputSpec
from .multi_head_attention import ProjectedAttention

__all__ = ["GroupQueryAttention", "GroupedQueryAttention"]


class GroupedQueryAttention(ProjectedAttention):
    """Attention in which several query heads share a head of keys and values (Ainslie et al., 2023).

    One head of keys and values for all is multi-query attention (Shazeer, 2019), as many as there are query heads
    `MultiHeadAttention`. Inputs, masks and output as there, with three axes, `(batch, steps, features)`.

    Args:
        head_dim: the size of each head.
        num_query_heads: the number of query heads.
        num_key_value_heads: the number of heads of keys and values, which divides that of query heads; each serves
            as many query heads that are next to each other.

    The other arguments are those of `MultiHeadAttention`.
    """

    keras_attributes = {f"{name}_dense": f"_{name}_dense" for name in ("query", "key", "value", "gate", "output")}

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
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
        super().__init__(
            *(dropout, use_bias, sliding_window, flash_attention, kernel_initializer, bias_initializer),
            *(kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint),
            *(use_gate, seed),
            **kwargs,
        )
        self.head_dim = checks.integer(self, "head_dim", head_dim)
        self.num_query_heads = checks.integer(self, "num_query_heads", num_query_heads)
        self.num_key_value_heads = checks.integer(self, "num_key_value_heads", num_key_value_heads)
        self.input_spec = InputSpec(ndim=3)
        self.heads = self.num_query_heads, self.num_key_value_heads
        self.sizes = self.head_dim, self.head_dim
        if num_query_heads % num_key_value_heads:
            raise ValueError(
                f"{type(self).__name__}: num_key_value_heads ({num_key_value_heads}) must divide "
                f"num_query_heads ({num_query_heads})."
            )


GroupQueryAttention = GroupedQueryAttention
