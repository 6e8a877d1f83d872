"""What the forms of single layers gain over the straightforward ones, at shapes that nobody chose for them:
`python -m benchmarks.forms`.

Straightforward is the formula in `jax.lax` or `jax.numpy`, under `jax.jit` and with JAX's own gradients. Sizes are odd,
batches small and large; some are float64, have the channels first, or a mask. Both compute the outputs and the
gradients of the weights and, if it is of floats, the input; these must agree. They run in turn, as fit runs steps; a
ratio above 1 says that the layer is faster. Lines that start with `!` are those in which it is slower by more than a
tenth.
"""

import argparse
import functools
import os
from collections.abc import Callable
from typing import Any, NamedTuple

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

import laminax as lx
from laminax._core import machine as processor

from . import layers as single
from . import machine

Array = Any
L = lx.layers


class Case(NamedTuple):
    """A layer, the shape of its input, the formula of a dict of weights and the input, and what is unusual."""

    name: str
    make: Callable[..., Any]
    shape: tuple[int, ...]
    formula: Callable[..., Array]
    dtype: str = "float32"
    mask: bool = False
    words: int = 0  # how many words the input has, which are integers then


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="how often each pair runs, in turn")
    parser.add_argument("--only", help="a part of the name of a case")
    parser.add_argument("--quick", action="store_true", help="only whether both agree")
    options = parser.parse_args()
    chosen = [case for case in CASES if (options.only or "") in case.name]
    if not chosen:
        parser.error(f"no case is named like {options.only!r}; there are {', '.join(case.name for case in CASES)}")
    machine.keep_memory()
    print(f"{'':34}{'layer':>12}{'formula':>12}{'gain':>8}")
    for case in chosen:
        jax.config.update("jax_enable_x64", case.dtype == "float64")
        ours, theirs = both(case)
        compare(case, ours(), theirs())
        print(f"  {case.name}: agree" if options.quick else line(case, ours, theirs, options.rounds), flush=True)


def compare(case: Case, ours: Any, theirs: Any) -> None:
    """Raise an `AssertionError` where the outputs or gradients of a case differ."""
    exact = 1e-9 if case.dtype == "float64" else 2e-4
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, exact, exact * float(np.abs(b).max()), err_msg=case.name)


def line(case: Case, ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> str:
    """Milliseconds of both, and the ratio."""
    mine, other = single.in_turn(single.together(ours), single.together(theirs), rounds)
    slower = "!" if mine > 1.1 * other else " "
    return f"{slower} {case.name:32}{1000 * mine:9.3f} ms{1000 * other:9.3f} ms{other / mine:8.2f}"


def both(case: Case) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The compiled outputs and gradients of the layer and of the formula, on the same data."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, case.words, case.shape) if case.words else rng.normal(size=case.shape)
    x = jnp.asarray(x, "int32" if case.words else case.dtype)
    mask = jnp.asarray(rng.random(case.shape[:2]) < 0.7) if case.mask else None
    layer = case.make(dtype=case.dtype)
    layer(x)
    params, extras = layer.state()
    params = {path: jnp.asarray(rng.normal(size=value.shape) / 4, case.dtype) for path, value in params.items()}
    above = jnp.asarray(rng.normal(size=layer(x).shape), case.dtype)
    named = {"mask": mask} if case.mask else {}

    def of_layer(params: Any, x: Array) -> Array:
        return layer.stateless_call(params, extras, x, training=True, **named)[0]

    def of_formula(params: Any, x: Array) -> Array:
        return case.formula({path.rpartition("/")[2]: value for path, value in params.items()}, x, **named)

    def compiled(function: Callable[..., Array], jit: Callable[..., Any]) -> Callable[[], Any]:
        @jit
        def run(params: Any, x: Array, above: Array) -> Any:
            of_weights = functools.partial(function, x=x)
            outputs, back = jax.vjp(of_weights, params) if case.words else jax.vjp(function, params, x)
            return outputs, back(above)

        return lambda: run(params, x, above)

    return compiled(of_layer, processor.jit), compiled(of_formula, jax.jit)


# Formulas.


def convolution(layout: str = "NHWC", kernel: str = "HWIO", **how: Any) -> Callable[..., Array]:
    """A convolution and its bias."""

    def formula(weights: Any, x: Array) -> Array:
        given = {"window_strides": (1,) * (x.ndim - 2), "padding": "VALID", **how}
        y = jax.lax.conv_general_dilated(x, weights["kernel"], **given, dimension_numbers=(layout, kernel, layout))
        bias = weights["bias"]
        return y + (bias if layout[-1] == "C" else bias.reshape(-1, *[1] * (x.ndim - 2)))

    return formula


def depthwise(weights: Any, x: Array) -> Array:
    kernel = weights["kernel"]
    kernel = kernel.reshape(*kernel.shape[:2], 1, -1)
    y = jax.lax.conv_general_dilated(
        x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=x.shape[-1]
    )
    return y + weights["bias"]


def transposed(weights: Any, x: Array) -> Array:
    y = jax.lax.conv_transpose(
        x, weights["kernel"], (2, 2), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + weights["bias"]


def largest(size: int, stride: int, _: Any, x: Array) -> Array:
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, size, size, 1), (1, stride, stride, 1), "VALID")


def mean(size: int, stride: int, _: Any, x: Array) -> Array:
    sums = jax.lax.reduce_window(x, 0.0, jax.lax.add, (1, size, size, 1), (1, stride, stride, 1), "VALID")
    return sums / size**2


def loop(step: Callable[..., Any], states: int) -> Callable[..., Array]:
    """The outputs of a scan over the steps; a step that a mask excludes leaves the states."""

    def formula(weights: Any, x: Array, mask: Array | None = None) -> Array:
        zeros = jnp.zeros((len(x), weights["recurrent_kernel"].shape[0]), x.dtype)

        def body(before: Any, xs: Any) -> Any:
            x, real = xs
            new = step(weights, before, x)
            if real is not None:
                new = tuple(jnp.where(real[:, None], a, b) for a, b in zip(new, before))
            return new, new[0]

        over = jnp.swapaxes(x, 0, 1), None if mask is None else mask.T
        return jnp.swapaxes(jax.lax.scan(body, (zeros,) * states, over)[1], 0, 1)

    return formula


def last_of(formula: Callable[..., Array]) -> Callable[..., Array]:
    """The last of all outputs."""
    return lambda weights, x: formula(weights, x)[:, -1]


def lstm(w: Any, states: Any, x: Array) -> Any:
    h, c = states
    i, f, g, o = jnp.split(x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"], 4, -1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gru(w: Any, states: Any, x: Array) -> Any:
    (h,) = states
    x_z, x_r, x_n = jnp.split(x @ w["kernel"] + w["bias"][0], 3, -1)
    h_z, h_r, h_n = jnp.split(h @ w["recurrent_kernel"] + w["bias"][1], 3, -1)
    z, r = jax.nn.sigmoid(x_z + h_z), jax.nn.sigmoid(x_r + h_r)
    return (z * h + (1 - z) * jnp.tanh(x_n + r * h_n),)


def simple(w: Any, states: Any, x: Array) -> Any:
    return (jnp.tanh(x @ w["kernel"] + states[0] @ w["recurrent_kernel"] + w["bias"]),)


def layer_normalization(w: Any, x: Array) -> Array:
    centered = x - jnp.mean(x, -1, keepdims=True)
    return centered * jax.lax.rsqrt(jnp.mean(centered**2, -1, keepdims=True) + 1e-3) * w["gamma"] + w["beta"]


def group_normalization(w: Any, x: Array) -> Array:
    parts = x.reshape(len(x), -1, GROUPS, x.shape[-1] // GROUPS)
    centered = parts - jnp.mean(parts, (1, 3), keepdims=True)
    parts = centered * jax.lax.rsqrt(jnp.mean(centered**2, (1, 3), keepdims=True) + 1e-3)
    return parts.reshape(x.shape) * w["gamma"] + w["beta"]


GROUPS = 3
FIRST = {"data_format": "channels_first"}
CASES = [
    Case("Conv2D", lambda **k: L.Conv2D(11, 3, **k), (7, 23, 19, 5), convolution()),
    Case("Conv2D, one image", lambda **k: L.Conv2D(17, 5, **k), (1, 61, 43, 3), convolution()),
    Case("Conv2D, many small", lambda **k: L.Conv2D(33, 2, **k), (257, 7, 9, 13), convolution()),
    Case("Conv2D, strides", lambda **k: L.Conv2D(29, 3, 2, **k), (19, 31, 27, 21), convolution(window_strides=(2, 2))),
    Case(
        "Conv2D, dilation",
        lambda **k: L.Conv2D(13, 3, dilation_rate=2, **k),
        (9, 29, 33, 15),
        convolution(rhs_dilation=(2, 2)),
    ),
    Case(
        "Conv2D, groups",
        lambda **k: L.Conv2D(21, 3, groups=3, **k),
        (9, 29, 33, 15),
        convolution(feature_group_count=3),
    ),
    Case(
        "Conv2D, channels first",
        lambda **k: L.Conv2D(23, 3, **FIRST, **k),
        (13, 17, 25, 31),
        convolution("NCHW", "HWIO"),
    ),
    Case("Conv2D, float64", lambda **k: L.Conv2D(11, 3, **k), (7, 23, 19, 5), convolution(), "float64"),
    Case("Conv1D", lambda **k: L.Conv1D(37, 7, **k), (21, 83, 19), convolution("NWC", "WIO")),
    Case("Conv3D", lambda **k: L.Conv3D(7, 3, **k), (3, 11, 13, 9, 5), convolution("NDHWC", "DHWIO")),
    Case("DepthwiseConv2D", lambda **k: L.DepthwiseConv2D(3, **k), (13, 29, 23, 27), depthwise),
    Case("Conv2DTranspose", lambda **k: L.Conv2DTranspose(19, 3, 2, **k), (9, 13, 11, 23), transposed),
    Case("MaxPooling2D", lambda **k: L.MaxPooling2D(3, 2, **k), (19, 37, 29, 13), functools.partial(largest, 3, 2)),
    Case(
        "MaxPooling2D, float64",
        lambda **k: L.MaxPooling2D(2, **k),
        (19, 37, 29, 13),
        functools.partial(largest, 2, 2),
        "float64",
    ),
    Case(
        "AveragePooling2D", lambda **k: L.AveragePooling2D(3, 2, **k), (19, 37, 29, 13), functools.partial(mean, 3, 2)
    ),
    Case("LSTM", lambda **k: L.LSTM(37, return_sequences=True, **k), (13, 41, 19), loop(lstm, 2)),
    Case("LSTM, last state", lambda **k: L.LSTM(37, **k), (13, 41, 19), last_of(loop(lstm, 2))),
    Case("LSTM, one row", lambda **k: L.LSTM(50, return_sequences=True, **k), (1, 77, 5), loop(lstm, 2)),
    Case("LSTM, mask", lambda **k: L.LSTM(37, return_sequences=True, **k), (57, 41, 19), loop(lstm, 2), mask=True),
    Case("LSTM, float64", lambda **k: L.LSTM(37, return_sequences=True, **k), (13, 41, 19), loop(lstm, 2), "float64"),
    Case("GRU", lambda **k: L.GRU(37, return_sequences=True, **k), (13, 41, 19), loop(gru, 1)),
    Case("GRU, last state", lambda **k: L.GRU(37, **k), (13, 41, 19), last_of(loop(gru, 1))),
    Case("GRU, mask", lambda **k: L.GRU(101, return_sequences=True, **k), (57, 23, 19), loop(gru, 1), mask=True),
    Case("SimpleRNN", lambda **k: L.SimpleRNN(43, return_sequences=True, **k), (27, 31, 19), loop(simple, 1)),
    Case("Embedding", lambda **k: L.Embedding(907, 51, **k), (37, 29), lambda w, x: w["embeddings"][x], words=907),
    Case(
        "Embedding, many words",
        lambda **k: L.Embedding(30011, 33, **k),
        (9, 13),
        lambda w, x: w["embeddings"][x],
        words=30011,
    ),
    Case("LayerNormalization", lambda **k: L.LayerNormalization(**k), (21, 37, 93), layer_normalization),
    Case("LayerNormalization, large", lambda **k: L.LayerNormalization(**k), (31, 201, 401), layer_normalization),
    Case(
        "LayerNormalization, float64",
        lambda **k: L.LayerNormalization(**k),
        (21, 37, 93),
        layer_normalization,
        "float64",
    ),
    Case("GroupNormalization", lambda **k: L.GroupNormalization(GROUPS, **k), (11, 17, 19, 21), group_normalization),
    Case(
        "GroupNormalization, large",
        lambda **k: L.GroupNormalization(GROUPS, **k),
        (29, 33, 31, 63),
        group_normalization,
    ),
]

if __name__ == "__main__":
    main()
