"""Convolution in the form for a CPU against XLA's own: parts of a batch, few channels, derivatives of every kind."""

import functools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

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


FORMS = {
    "patches": lambda x, k, strides, dilation, pads: convolution._patches_dot(
        windows.padded(x, pads), k, strides, dilation
    ),
    "direct": convolution._direct,
    "slices": convolution._slice_by_slice,
}


def both(name, dtype="float32", form="patches"):
    """The operands, a form of ours, and XLA's with derivatives of JAX."""
    shape, kernel, strides, dilation = CASES[name]
    rng = np.random.default_rng(0)
    operands = tuple(jnp.asarray(rng.normal(size=size), dtype) for size in (shape, kernel))
    settings = strides, dilation, ((1, 2),) * len(strides)
    return operands, lambda x, k: FORMS[form](x, k, *settings), lambda x, k: convolution._lax(x, k, *settings)


def close(ours, theirs, rtol=1e-4):
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol, rtol * max(1.0, float(jnp.max(jnp.abs(b), initial=0))))


@pytest.mark.parametrize(
    ("name", "form"), [(name, form) for name in CASES for form in FORMS if form != "slices" or name == "three axes"]
)
def test_outputs_and_gradients(name, form):
    operands, ours, theirs = both(name, form=form)
    close(ours(*operands), theirs(*operands))
    weights = jnp.cos(jnp.arange(theirs(*operands).size, dtype="float32")).reshape(theirs(*operands).shape)
    slopes = [jax.grad(lambda x, k, form=form: jnp.sum(form(x, k) * weights), (0, 1)) for form in (ours, theirs)]
    close(*(slope(*operands) for slope in slopes))


@pytest.mark.parametrize("form", ["patches", "direct"])
@pytest.mark.parametrize("name", ["all at once", "few channels", "a smaller last part", "many points"])
def test_derivatives_along_a_direction_and_of_second_order(name, form):
    operands, ours, theirs = both(name, form=form)
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


@pytest.mark.parametrize(
    ("strides", "dilation"), [((1, 1), (1, 1)), ((2, 3), (1, 1)), ((1, 1), (2, 1)), ((2, 1), (1, 2))]
)
@pytest.mark.parametrize("multiplier", [1, 3])
def test_derivatives_of_groups_of_one_channel(strides, dilation, multiplier):
    rng = np.random.default_rng(0)
    x, k, moved_x, moved_k = (
        jnp.asarray(rng.normal(size=size), "float32") for size in ((6, 13, 11, 4), (3, 2, 1, 4 * multiplier)) * 2
    )

    def ours(x, k):
        return convolution._sum_of_products(x, k, strides, dilation)

    def theirs(x, k):
        return convolution._lax(x, k, strides, dilation, ((0, 0),) * 2, groups=4)

    def curvature(form):
        slope = jax.grad(lambda x, k: jnp.sum(jnp.sin(form(x, k))), (0, 1))
        return jax.jvp(slope, (x, k), (moved_x, moved_k))

    close(jax.jvp(ours, (x, k), (moved_x, moved_k)), jax.jvp(theirs, (x, k), (moved_x, moved_k)))
    close(curvature(ours), curvature(theirs), 1e-3)
    close(jax.vmap(lambda x: ours(x[None], k)[0])(x), theirs(x, k))


@pytest.mark.parametrize("form", ["patches", "direct"])
def test_one_sample_after_another_under_vmap(form):
    (x, k), ours, theirs = both("a smaller last part", form=form)
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


@pytest.mark.parametrize(
    ("image", "kernel", "dtype", "form"),
    [
        ((16, 32, 32, 16), (3, 3, 16, 16), "float32", "conv"),
        ((16, 32, 32, 16), (3, 3, 16, 16), "bfloat16", "conv"),
        ((16, 16, 16, 16, 8), (3, 3, 3, 8, 8), "float32", "conv"),
        ((16, 2000, 16), (3, 16, 16), "float32", "conv"),
        ((1, 3000, 2000, 3), (3, 3, 3, 8), "float32", "conv"),  # too much to be laid out
        ((1, 8, 8, 16), (3, 3, 16, 16), "float32", "dot"),  # little
        ((16, 32, 32, 16), (3, 3, 16, 16), "float64", "dot"),  # no fast form
        ((16, 32, 32, 16), (3, 3, 16, 16), "int32", "dot"),
        ((16, 32, 32, 3), (7, 7, 3, 16), "float32", "conv"),
        ((16, 32, 32, 3), (3, 3, 3, 16), "float32", "dot"),  # small windows
        ((16, 32, 32, 16), (1, 1, 16, 16), "float32", "dot"),  # needs no patches
        ((16, 16, 16, 16, 8), (3, 1, 1, 8, 8), "float32", "dot"),
    ],
)
def test_the_form_follows_from_channels_size_and_type(image, kernel, dtype, form):
    with jax.enable_x64(dtype == "float64"):
        shapes = [jax.ShapeDtypeStruct(shape, dtype) for shape in (image, kernel)]
        program = str(jax.make_jaxpr(lambda x, k: convolution.conv(x, k, padding="same"))(*shapes))
    assert ("conv_general_dilated" in program) == (form == "conv")


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize(("strides", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2)])
@pytest.mark.parametrize("form", ["conv", "conv_transpose"])
def test_gradients_have_batch_and_channels_where_xla_is_fast(form, strides, dilation, padding):
    """Within a loop too, where XLA does not put them there itself: a step would take 25 times as long."""
    if (form, padding) == ("conv_transpose", "causal"):
        padding, strides, dilation = "valid", 2, 2
    axes = 1 if padding == "causal" else 2

    def turn(_, operands):
        apply = functools.partial(getattr(convolution, form), strides=strides, padding=padding, dilation_rate=dilation)
        outputs, back = jax.vjp(apply, *operands)
        return jax.tree.map(lambda a, b: a - 0.1 * b, operands, back(outputs))

    shapes = [jax.ShapeDtypeStruct(s, "float32") for s in ((65, *(331, 8)[:axes], 32), (*(3, 4)[:axes], 32, 32))]
    program = jax.jit(lambda *given: jax.lax.fori_loop(0, 3, turn, given)).lower(*shapes).compile().as_text()
    space = "012"[:axes]
    assert set(re.findall("dim_labels=([^,]+)", program)) == {f"b{space}f_{space}io->b{space}f"}
