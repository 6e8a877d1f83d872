"""Normalizations: bad input, masks along any axis, the spectral norm."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_close

from laminax import layers
from laminax.ops import normalization
from laminax.ops.normalization import group_normalized, layer_normalized

RNG = np.random.default_rng(5)
X = RNG.normal(size=(4, 5, 6)).astype("float32")


def built(cls, shape=(None, 5, 6), **kwargs):
    return cls(**kwargs).build(shape)


@pytest.mark.parametrize(
    ("cls", "arguments", "words"),
    [
        (
            layers.LayerNormalization,
            {"axis": {"axis": 1}},
            "LayerNormalization: argument `axis` must be an integer or a list",
        ),
        (layers.LayerNormalization, {"axis": []}, "`axis` must be an integer or a list of integers; got \\[\\]"),
        (layers.LayerNormalization, {"axis": [1, 3]}, "normalizes axis \\[1, 3\\]; its input has 3 axes"),
        (layers.LayerNormalization, {"epsilon": -1.0}, "`epsilon` must be a number >= 0"),
        (layers.UnitNormalization, {"axis": "last"}, "UnitNormalization: argument `axis` must be an integer or a list"),
        (layers.RMSNormalization, {"axis": -4}, "normalizes axis -4; its input has 3 axes"),
        (
            layers.BatchNormalization,
            {"axis": [1, 2]},
            "BatchNormalization: argument `axis` must be an integer; got \\[1, 2\\]",
        ),
        (
            layers.BatchNormalization,
            {"renorm_clipping": {"max": 1.0}},
            "invalid keys \\['max'\\] in argument `renorm_clipping`",
        ),
        (layers.BatchNormalization, {"renorm_clipping": {"rmin": 2.0, "rmax": 1.0}}, "rmax should be at least rmin"),
        (layers.BatchNormalization, {"renorm_clipping": {"dmax": -1.0}}, "dmax should be non-negative"),
        (
            layers.GroupNormalization,
            {"groups": 0},
            "GroupNormalization: argument `groups` must be a positive integer; got 0",
        ),
        (layers.GroupNormalization, {"groups": 4}, "groups \\(4\\) must divide the channels \\(6\\)"),
        (
            layers.GroupNormalization,
            {"groups": 12},
            "groups \\(12\\) cannot be more than the number of channels \\(6\\)",
        ),
        (layers.GroupNormalization, {"groups": 1, "axis": 0}, "axis 0 is the batch's"),
    ],
)
def test_bad_arguments(cls, arguments, words):
    with pytest.raises(ValueError, match=words):
        built(cls, **arguments)


@pytest.mark.parametrize(
    "cls", [layers.BatchNormalization, layers.GroupNormalization, layers.LayerNormalization, layers.RMSNormalization]
)
def test_size_of_the_weights_must_be_known(cls):
    with pytest.raises(ValueError, match=r"Axis .* of the input tensor should have a defined dimension"):
        built(cls, (None, 5, None))


@pytest.mark.parametrize("axis", [1, 2])
def test_masked_steps_do_not_count_in_a_batch(axis):
    """The mask has the first two axes, whichever is that of the channels; what stands there may be anything."""
    mask = RNG.random((4, 5)) > 0.4
    layer = layers.BatchNormalization(axis=axis, momentum=0.0)
    layer(np.where(mask[..., None], X, np.nan), training=True, mask=mask)
    kept = np.where(mask[..., None], X, np.nan)
    assert_close(layer.moving_mean.value, np.nanmean(kept, (0, 3 - axis)))
    assert_close(layer.moving_variance.value, np.nanvar(kept, (0, 3 - axis)))


@pytest.mark.parametrize("cls", [layers.GroupNormalization, layers.LayerNormalization])
def test_large_inputs_do_not_overflow_before_the_mean_is_taken(cls):
    more = {"groups": 2} if cls is layers.GroupNormalization else {}
    outputs = cls(dtype="mixed_float16", **more)(np.full((2, 4), 70000.0, "float32"))
    assert outputs.dtype == "float16"
    assert_close(outputs, np.zeros((2, 4), "float16"))


def test_spectral_norm_becomes_one():
    """Iterations from call to call find the norm, and inference uses what training found; the kernel stays."""
    inner = layers.Dense(4)
    layer = layers.SpectralNormalization(inner)
    assert_close(layer(X), inner(X))
    kernel = np.array(inner.kernel)
    norm = np.linalg.svd(kernel)[1][0]
    for _ in range(60):
        outputs = layer(X, training=True)
    np.testing.assert_array_equal(inner.kernel, kernel)
    assert_close(outputs, X @ kernel / norm, 1e-4)
    assert_close(layer(X), outputs, 1e-4)
    assert_close(jnp.linalg.norm(layer.vector_u.value), norm, 1e-4)


def test_spectral_norm_of_zeros():
    layer = layers.SpectralNormalization(layers.Dense(4, kernel_initializer="zeros"))
    before = layer(X), layer.vector_u.value
    assert_close((layer(X, training=True), layer.vector_u.value), before)
    assert_close(layer(X), before[0])


def test_spectral_norm_keeps_the_state_of_the_layer_inside():
    class Counts(layers.Dense):
        def build(self, input_shape):
            super().build(input_shape)
            self.calls = self.add_weight((), "zeros", trainable=False)

        def call(self, inputs):
            self.calls.assign_add(1.0)
            return super().call(inputs)

    layer = layers.SpectralNormalization(Counts(2))
    layer(X)
    _, extras = layer.stateless_call(*layer.state(), X)
    assert float(extras["layer/calls"]) == 2
    assert float(layer.layer.calls) == 1


def test_spectral_norm_of_embeddings():
    layer = layers.SpectralNormalization(layers.Embedding(7, 3), power_iterations=30)
    outputs = layer(np.arange(7)[None], training=True)
    assert_close(np.linalg.svd(outputs[0])[1][0], 1.0, 1e-4)


def test_spectral_norm_within_a_users_jit():
    layer = layers.SpectralNormalization(layers.Dense(4))
    layer(X, training=True)
    assert_close(jax.jit(layer)(X), layer(X))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"layer": "dense"}, "`layer` must be a Layer; got 'dense'"),
        (
            {"layer": layers.Dense(2), "power_iterations": 0},
            "`power_iterations` should be greater than zero, an integer; got 0",
        ),
        ({"layer": layers.ReLU()}, "ReLU object has no attribute 'kernel' nor 'embeddings'"),
    ],
)
def test_bad_arguments_of_the_spectral_norm(arguments, words):
    with pytest.raises(ValueError, match=words):
        built(layers.SpectralNormalization, **arguments)


def plainly(x, gamma, beta, axes, of, epsilon):
    """The formula: `of` are the axes of `gamma` and `beta`, `axes` those of the mean."""
    shape = [size if i in of else 1 for i, size in enumerate(x.shape)]
    mean, variance = jnp.mean(x, axes, keepdims=True), jnp.var(x, axes, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + epsilon) * gamma.reshape(shape) + beta.reshape(shape)


def by_groups(x, gamma, beta, axis, groups, epsilon):
    """Each group by the formula."""
    parts = jnp.split(jnp.moveaxis(x, axis, -1), groups, -1)
    numbers = zip(parts, jnp.split(gamma, groups), jnp.split(beta, groups), strict=True)
    axes = range(1, x.ndim)
    outputs = [plainly(part, g, b, tuple(axes), (x.ndim - 1,), epsilon) for part, g, b in numbers]
    return jnp.moveaxis(jnp.concatenate(outputs, -1), -1, axis)


FORMS = {
    "rows": ((3, 4, 6), (6,), lambda *a: layer_normalized(*a, (2,), 1e-3), lambda *a: plainly(*a, (2,), (2,), 1e-3)),
    "two axes": (
        (3, 4, 6),
        (4, 6),
        lambda *a: layer_normalized(*a, (1, 2), 1e-3),
        lambda *a: plainly(*a, (1, 2), (1, 2), 1e-3),
    ),
    "an inner axis": (
        (3, 4, 6),
        (4,),
        lambda *a: layer_normalized(*a, (1,), 1e-3),
        lambda *a: plainly(*a, (1,), (1,), 1e-3),
    ),
    "groups": (
        (3, 4, 5, 6),
        (6,),
        lambda *a: group_normalized(*a, 3, 2, 1e-3),
        lambda *a: by_groups(*a, 3, 2, 1e-3),
    ),
    "groups of one": (
        (3, 4, 6),
        (6,),
        lambda *a: group_normalized(*a, 2, 6, 1e-3),
        lambda *a: by_groups(*a, 2, 6, 1e-3),
    ),
    "channels first": (
        (3, 6, 4),
        (6,),
        lambda *a: group_normalized(*a, 1, 3, 1e-3),
        lambda *a: by_groups(*a, 1, 3, 1e-3),
    ),
    "vectors": ((3, 6), (6,), lambda *a: group_normalized(*a, 1, 3, 1e-3), lambda *a: by_groups(*a, 1, 3, 1e-3)),
}


@pytest.mark.parametrize("many", [0, 2**19])
@pytest.mark.parametrize("name", FORMS)
def test_the_forms_give_the_formula_and_all_its_derivatives(monkeypatch, name, many):
    monkeypatch.setattr(normalization, "MANY", many)
    size, numbers, ours, theirs = FORMS[name]
    with jax.enable_x64(True):
        given = tuple(jnp.asarray(RNG.normal(size=s) + 2) for s in (size, numbers, numbers))
        moved = tuple(jnp.asarray(RNG.normal(size=s)) for s in (size, numbers, numbers))

        def slope(form):
            return jax.grad(lambda *a: jnp.sum(jnp.sin(form(*a))), (0, 1, 2))

        def same(a, b):
            for one, other in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)

        same(ours(*given), theirs(*given))
        same(jax.jvp(ours, given, moved), jax.jvp(theirs, given, moved))
        same(slope(ours)(*given), slope(theirs)(*given))
        same(jax.jvp(slope(ours), given, moved), jax.jvp(slope(theirs), given, moved))
        same(jax.vmap(ours, (0, None, None))(given[0][None], *given[1:])[0], theirs(*given))


@pytest.mark.parametrize("name", FORMS)
def test_no_rows_are_no_error(name):
    size, numbers, ours, _ = FORMS[name]
    x, weights = jnp.zeros((0, *size[1:])), jnp.ones(numbers)
    outputs, slope = jax.value_and_grad(lambda x: jnp.sum(ours(x, weights, weights)))(x)
    assert outputs == 0
    assert slope.shape == x.shape
