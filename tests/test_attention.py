"""Attention: what may be seen, what is refused, and what the layers' contract doesn't ask for."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close, assert_finite

from laminax import layers
from laminax.ops.attention import dot_product_attention

RNG = np.random.default_rng(3)
X = RNG.normal(size=(2, 5, 6)).astype("float32")
Y = RNG.normal(size=(2, 4, 6)).astype("float32")
HEADS = {"num_heads": 2, "key_dim": 3}
GROUPS = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
CAUSAL = np.tril(np.ones((5, 5), bool))


@pytest.mark.parametrize(
    ("cls", "arguments", "message"),
    [
        (layers.Attention, {"dropout": 1.5}, "Attention: argument `dropout` must be a number in 0 .. 1; got 1.5"),
        (layers.Attention, {"score_mode": "dit"}, "Did you mean 'dot'"),
        (layers.AdditiveAttention, {"dropout": -1}, "AdditiveAttention: argument `dropout` must be"),
        (layers.MultiHeadAttention, {**HEADS, "num_heads": -1}, "`num_heads` must be a positive integer; got -1"),
        (layers.MultiHeadAttention, {**HEADS, "key_dim": 0}, "`key_dim` must be a positive integer; got 0"),
        (layers.MultiHeadAttention, {**HEADS, "value_dim": 2.5}, "`value_dim` must be a positive integer; got 2.5"),
        (layers.MultiHeadAttention, {**HEADS, "dropout": 1.5}, "`dropout` must be a number in 0 .. 1; got 1.5"),
        (
            layers.MultiHeadAttention,
            {**HEADS, "sliding_window": 0},
            "`sliding_window` must be a positive integer; got 0",
        ),
        (
            layers.MultiHeadAttention,
            {**HEADS, "output_shape": 8.0},
            "Invalid `output_shape`: integers are wanted, one or several; got 8.0",
        ),
        (layers.MultiHeadAttention, {**HEADS, "attention_axes": "1"}, "Invalid `attention_axes`: integers are wanted"),
        (
            layers.MultiHeadAttention,
            {**HEADS, "flash_attention": True, "dropout": 0.1},
            "Dropout is not supported when flash attention is enabled; got 0.1",
        ),
        (layers.GroupedQueryAttention, {**GROUPS, "num_query_heads": 3}, r"num_key_value_heads \(2\) must divide"),
        (layers.GroupedQueryAttention, {**GROUPS, "head_dim": -2}, "`head_dim` must be a positive integer; got -2"),
    ],
)
def test_bad_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**arguments)


@pytest.mark.parametrize(
    ("make", "inputs", "call", "message"),
    [
        (layers.Attention, [X], {}, r"must be called on a list \[query, value\]"),
        (layers.Attention, [[X]], {}, "of length 2 or 3; got 1 arrays"),
        (layers.Attention, [[X, Y[..., :3]]], {}, r"a key \(batch, key steps, features\); got \(2, 5, 6\)"),
        (
            layers.Attention,
            [[X, Y]],
            {"mask": CAUSAL},
            r"mask must be a list \[query_mask, value_mask\]; got one array",
        ),
        (layers.Attention, [[X, Y]], {"mask": [None, CAUSAL]}, r"of the shapes \(2, 5\) and \(2, 4\); got \(5, 5\)"),
        (lambda: layers.MultiHeadAttention(**HEADS), [X[0], X[0]], {}, "at least 3 axes"),
        (
            lambda: layers.MultiHeadAttention(**HEADS),
            [X, X[0]],
            {},
            "the numbers of axes of query, value and key must be equal",
        ),
        (lambda: layers.MultiHeadAttention(**HEADS), [X, Y, X], {}, "all sizes of value and key but the last"),
        (
            lambda: layers.MultiHeadAttention(**HEADS),
            [X, Y],
            {"attention_mask": CAUSAL},
            r"attention_mask must broadcast to \(2, 2, 5, 4\); got the shape \(1, 1, 5, 5\)",
        ),
        (
            lambda: layers.MultiHeadAttention(**HEADS),
            [X, Y],
            {"value_mask": CAUSAL},
            r"value_mask must broadcast to \(2, 4\); got the shape \(5, 5\)",
        ),
        (
            lambda: layers.MultiHeadAttention(**HEADS, flash_attention=True),
            [X, X],
            {"return_attention_scores": True},
            "disable flash attention to access attention scores",
        ),
        (lambda: layers.MultiHeadAttention(**HEADS, attention_axes=3), [X, X], {}, "attention_axes are different axes"),
        (
            lambda: layers.MultiHeadAttention(**HEADS),
            [X[:, None], X[:, None]],
            {"use_causal_mask": True, "return_attention_scores": True},
            r"need one attention axis; got \(1, 2\)",
        ),
        (lambda: layers.GroupedQueryAttention(**GROUPS), [X[None], X[None]], {}, "expects an input with 3 axes"),
    ],
)
def test_bad_calls(make, inputs, call, message):
    with pytest.raises(ValueError, match=message):
        make()(*inputs, **call)


def test_no_fused_kernel_is_said(monkeypatch):
    """`flash_attention=True` insists, on a device without the kernel and on one where it fails; `None` does not."""
    layer = layers.MultiHeadAttention(**HEADS, flash_attention=True)
    with pytest.raises(RuntimeError, match="flash_attention=True: a fused kernel needs a GPU"):
        layer(X, X)
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    short = jnp.ones((1, 2, 2, 8), "float16")
    with pytest.raises(RuntimeError, match="flash_attention=True: there is no fused kernel here"):
        dot_product_attention(short, short, short, flash_attention=True)
    assert_close(dot_product_attention(short, short, short), short)


def made(cls, arguments, *inputs):
    layer = cls(**arguments)
    layer(*inputs)
    return layer


MAKERS = [(layers.MultiHeadAttention, HEADS), (layers.GroupedQueryAttention, GROUPS)]


@pytest.mark.parametrize(("cls", "arguments"), MAKERS)
def test_ways_to_say_what_is_seen(cls, arguments):
    """A mask of two, three or four axes, integers or booleans, and the flag, are one; with scores, the output too."""
    layer = made(cls, arguments, X, X)
    wanted = layer(X, X, use_causal_mask=True)
    for mask in (CAUSAL, CAUSAL[None], np.broadcast_to(CAUSAL, (2, layer.heads[0], 5, 5)), CAUSAL.astype("int32")):
        assert_close(layer(X, X, attention_mask=mask), wanted)
    outputs, scores = layer(X, X, use_causal_mask=True, return_attention_scores=True)
    assert_close(outputs, wanted)
    assert scores.shape == (2, layer.heads[0], 5, 5)
    assert_close(jnp.sum(scores, -1), np.ones(scores.shape[:-1]))
    assert np.all(np.asarray(scores)[..., ~CAUSAL] == 0)


@pytest.mark.parametrize(("cls", "arguments"), MAKERS)
def test_window(cls, arguments):
    layer = made(cls, {**arguments, "sliding_window": 2}, X, X)
    near = np.abs(np.subtract.outer(np.arange(5), np.arange(5))) < 2
    for causal in (False, True):
        _, scores = layer(X, X, use_causal_mask=causal, return_attention_scores=True)
        np.testing.assert_array_equal(np.asarray(scores)[0, 0] > 0, near & (CAUSAL if causal else True))


def test_one_group_a_head_is_multi_head_attention():
    one = made(layers.MultiHeadAttention, {"num_heads": 4, "key_dim": 3}, X, Y)
    other = made(layers.GroupedQueryAttention, {**GROUPS, "num_key_value_heads": 4}, X, Y)
    other.set_weights(one.get_weights())
    assert_close(other(X, Y), one(X, Y))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("scores", [False, True])
def test_nothing_to_see(dtype, scores):
    """A row that is masked as a whole has a finite output and finite gradients."""
    layer = layers.MultiHeadAttention(**HEADS, dtype=dtype)
    layer(X, Y)
    mask = np.array([[0, 0, 0, 0], [1, 0, 1, 0]], bool)

    def total(params, x):
        found, _ = layer.stateless_call(params, {}, x, Y, value_mask=mask, return_attention_scores=scores)
        return sum(y.astype("float32").sum() for y in jax.tree.leaves(found))

    params = layer.state()[0]
    assert_finite(jax.value_and_grad(total, (0, 1))(params, jnp.asarray(X)))


def test_dropout_keeps_the_mean():
    """In training weights are dropped and the others grow; otherwise nothing is; two calls differ."""
    layer = layers.MultiHeadAttention(num_heads=1, key_dim=2, dropout=0.5, seed=1)
    x = np.ones((1, 400, 2), "float32")
    still, first, second = layer(x, x), layer(x, x, training=True), layer(x, x, training=True)
    assert_close(layer(x, x), still)
    assert (first != second).any()
    assert abs(float(jnp.mean(first) / jnp.mean(still)) - 1) < 0.05
    _, weights = layers.Attention(dropout=0.5, seed=1)([x, x], return_attention_scores=True, training=True)
    assert abs(float(jnp.mean(weights == 0)) - 0.5) < 0.01
    assert_close(weights[weights > 0], np.full(int((weights > 0).sum()), 2 / 400, "float32"))


def test_a_subclass_may_weigh_otherwise():
    """`_compute_attention` can be overridden, without knowing of the causal flag, or of the scores."""
    seen = []

    class Own(layers.MultiHeadAttention):
        def _compute_attention(self, query, key, value, attention_mask=None, training=False):
            seen.append(np.asarray(attention_mask))
            return super()._compute_attention(query, key, value, attention_mask, training)

    layer = made(Own, HEADS, X, X)
    plain = made(layers.MultiHeadAttention, HEADS, X, X)
    plain.set_weights(layer.get_weights())
    assert_close(layer(X, X, use_causal_mask=True), plain(X, X, use_causal_mask=True))
    np.testing.assert_array_equal(np.squeeze(seen[-1]), CAUSAL)


def test_axes_apart_are_rows():
    """Attention over one of two axes is attention in each row of the other."""
    x = RNG.normal(size=(2, 3, 5, 6)).astype("float32")
    layer = made(layers.MultiHeadAttention, {**HEADS, "attention_axes": -2}, x, x)
    flat = made(layers.MultiHeadAttention, HEADS, X, X)
    flat.set_weights(layer.get_weights())
    rows = flat(x.reshape(6, 5, 6), x.reshape(6, 5, 6), use_causal_mask=True)
    assert_close(layer(x, x, use_causal_mask=True), rows.reshape(x.shape))
    steps = np.arange(5) < np.array([[[3], [5], [1]], [[2], [4], [5]]])
    masked = layer(x, x, value_mask=steps)
    assert_close(masked, flat(x.reshape(6, 5, 6), x.reshape(6, 5, 6), value_mask=steps.reshape(6, 5)).reshape(x.shape))


@pytest.mark.parametrize("key_heads", [4, 2, 1])
def test_the_function(key_heads):
    """It is JAX's own, in all arguments; and it says which sizes do not fit."""
    query, key, value = (
        RNG.normal(size=(2, s, n, 8)).astype("float32") for s, n in ((5, 4), (6, key_heads), (6, key_heads))
    )
    mask, bias = RNG.random((2, 1, 5, 6)) > 0.4, RNG.normal(size=(1, 4, 5, 6)).astype("float32")
    for more in ({}, {"mask": mask, "is_causal": True}, {"bias": bias, "scale": 0.3}):
        wanted = jax.nn.dot_product_attention(query, key, value, **more)
        assert_close(dot_product_attention(query, key, value, **more), wanted, 2e-6)
    capped = dot_product_attention(query, key, value, attn_logits_soft_cap=1e-4)
    every = jnp.repeat(jnp.mean(value, 1, keepdims=True), 4 // key_heads, 2)
    assert_close(capped, jnp.broadcast_to(every, capped.shape), 1e-3)
    with pytest.raises(ValueError, match="key and value the same steps and heads"):
        dot_product_attention(query, key[:, :3], value)
    with pytest.raises(ValueError, match=r"takes arrays \(batch, steps, heads, size\)"):
        dot_product_attention(query[0], key, value)
