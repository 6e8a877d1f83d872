"""Convolution in the form for a CPU against XLA's own: parts of a batch, few channels, derivatives of every kind."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from laminax import ops
from laminax.ops import convolution, windows

CASES = {
    "all at once": ((3, 9, 8, 4), (3, 2, 4, 5), (1, 1), (1, 1)),
    "few channels": ((3, 9, 8, 3), (3, 2, 3, 5), (1, 1), (1, 1)),
    "parts of one size": ((14, 32, 32, 16), (3, 3, 16, 4), (1, 1), (1, 1)),
    "a smaller last part": ((11, 32, 32, 16), (3, 3, 16, 4), (1, 1), (1, 1)),
    "parts of one sample": ((3, 64, 64, 16), (3, 3, 16, 2), (1, 1), (1, 1)),
    "parts, strides and dilation": ((13, 65, 40, 16), (3, 2, 16, 4), (2, 1), (1, 2)),
    "one axis": ((9, 3000, 16), (5, 16, 3), (2,), (1,)),
    "three axes": ((4, 16, 15, 14, 8), (3, 3, 2, 8, 4), (1, 1, 1), (1, 1, 1)),
    "many points": ((5, 40, 40, 3), (9, 9, 3, 4), (2, 1), (1, 2)),
    "wide, strides and dilation": ((6, 29, 31, 24), (3, 3, 24, 4), (2, 1), (1, 2)),
    "many points and channels": ((5, 30, 30, 8), (9, 8, 8, 4), (1, 2), (1, 1)),
    "no samples": ((0, 8, 8, 4), (3, 3, 4, 5), (1, 1), (1, 1)),
}


def both(name, dtype="float32"):
    """The operands, and both forms."""
    shape, kernel, strides, dilation = CASES[name]
    rng = np.random.default_rng(0)
    operands = tuple(jnp.asarray(rng.normal(size=size), dtype) for size in (shape, kernel))
    pads = [(1, 2)] * len(strides)

    def ours(x, k):
        return convolution._patches_dot(windows.padded(x, pads), k, strides, dilation)

    return operands, ours, lambda x, k: convolution._lax(x, k, strides, dilation, pads, 1)


def close(ours, theirs, rtol=1e-4):
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol, rtol * max(1.0, float(jnp.max(jnp.abs(b), initial=0))))


@pytest.mark.parametrize("name", CASES)
def test_outputs_and_gradients(name):
    operands, ours, theirs = both(name)
    close(ours(*operands), theirs(*operands))
    weights = jnp.cos(jnp.arange(theirs(*operands).size, dtype="float32")).reshape(theirs(*operands).shape)
    slopes = [jax.grad(lambda x, k, form=form: jnp.sum(form(x, k) * weights), (0, 1)) for form in (ours, theirs)]
    close(*(slope(*operands) for slope in slopes))


@pytest.mark.parametrize("name", ["all at once", "few channels", "a smaller last part", "many points"])
def test_derivatives_along_a_direction_and_of_second_order(name):
    operands, ours, theirs = both(name)
    moved = jax.tree.map(jnp.sin, operands)
    close(jax.jvp(ours, operands, moved), jax.jvp(theirs, operands, moved))

    def curvature(form):
        def slope(x, k):
            return jax.grad(lambda k: jnp.sum(jnp.sin(form(x, k))))(k)

        return jax.jvp(slope, operands, moved)[1]

    close(curvature(ours), curvature(theirs), 1e-3)


@pytest.mark.parametrize(("size", "window"), [(2, 3), (2, 4), (4, 9)])
@pytest.mark.parametrize("channels", [1, 2, 4])
def test_a_window_that_is_larger_than_the_inputs_has_no_place(size, window, channels):
    """As XLA has it; layers refuse it."""
    x, kernel = jnp.ones((2, size, 5, 4)), jnp.ones((window, 2, channels, 8))
    assert convolution.conv(x, kernel, strides=2).shape == (2, 0, 2, 8)


def test_one_sample_after_another_under_vmap():
    (x, k), ours, theirs = both("a smaller last part")
    close(jax.vmap(lambda x: ours(x[None], k)[0])(x), theirs(x, k))


def test_float64_and_bfloat16():
    with jax.enable_x64(True):
        operands, ours, theirs = both("parts of one size", "float64")
        assert ours(*operands).dtype == "float64"
        close(ours(*operands), theirs(*operands), 1e-12)
    operands, ours, theirs = both("parts of one size", "bfloat16")
    assert ours(*operands).dtype == "bfloat16"
    close(ours(*operands).astype("float32"), theirs(*operands).astype("float32"), 3e-2)


def test_the_patches_of_a_part_are_all_that_a_step_holds():
    """The gradients of 14 samples whose patches take 8 MiB need less than half of that."""
    operands, ours, _ = both("parts of one size")
    step = jax.jit(jax.grad(lambda x, k: jnp.sum(jnp.square(ours(x, k))), 1))
    sizes = jax.tree.map(jnp.size, operands)
    held = step.lower(*operands).compile().memory_analysis().temp_size_in_bytes
    assert sizes[0] * 9 * 4 > 8e6
    assert held < 2 * convolution.PART_BYTES + 4 * 4 * sizes[0]


def test_few_filters_that_see_much_are_left_to_xla_but_in_a_loop():
    """XLA's own form is faster for them, and many times slower in a loop."""
    x, k = jnp.ones((16, 32, 32, 16)), jnp.ones((3, 3, 16, 16))

    def form(function, *operands):
        return "conv_general_dilated" if "conv_general_dilated" in str(jax.make_jaxpr(function)(*operands)) else "dot"

    def conv(x, k=k):
        return convolution.conv(x, k, padding="same")

    assert form(conv, x) == "conv_general_dilated"
    assert form(conv, x[:8]) == "dot"
    assert form(lambda x: convolution.conv(x, jnp.ones((3, 3, 16, 32))), x) == "dot"
    assert form(lambda x: convolution.conv(x, jnp.ones((3, 3, 3, 8, 8))), jnp.ones((16, 16, 16, 16, 8))) == "dot"
    loops = (
        lambda x: ops.scan(lambda x, _: (conv(x), None), x, length=2)[0],
        lambda x: ops.fori_loop(0, 2, lambda _, x: conv(x), x),
        lambda x: ops.while_loop(lambda x: x[0, 0, 0, 0] < 9, lambda x: (conv(x),), (x,)),
        lambda x: ops.map(conv, x[None]),
    )
    for loop in loops:
        assert form(loop, x) == "dot"
    assert form(conv, x) == "conv_general_dilated"
    np.testing.assert_allclose(jax.jit(loops[0])(x), jax.jit(lambda x: conv(conv(x)))(x), 1e-4)
