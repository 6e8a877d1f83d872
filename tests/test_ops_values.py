"""Ops next to NumPy and SciPy. One compiled program holds all functions of a test."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import ops

RNG = np.random.default_rng(3)
X = RNG.uniform(0.1, 0.9, (2, 3, 4)).astype("float32")
Y = RNG.uniform(0.1, 0.9, (2, 3, 4)).astype("float32")
HOLES = np.where(RNG.uniform(size=X.shape) < 0.2, np.nan, X).astype("float32")
INTS = RNG.integers(0, 9, (2, 3, 4)).astype("int32")
MORE = RNG.integers(1, 9, (2, 3, 4)).astype("int32")
SQUARE = RNG.normal(size=(2, 3, 3)).astype("float32")
POSITIVE = (SQUARE @ SQUARE.transpose(0, 2, 1) + np.eye(3)).astype("float32")

# Called alike here and in NumPy.
ALIKE = [
    (
        (X,),
        """abs absolute arccos arcsin arcsinh arctan arctanh cbrt ceil conj copy cos cosh deg2rad exp exp2 expm1 fabs
        flip floor isfinite isinf isnan log log10 log1p log2 logical_not negative rad2deg ravel real reciprocal round
        sign signbit sin sinc sinh sort sqrt square tan tanh transpose trunc all any argmax argmin argsort count_nonzero
        cumprod cumsum max mean median min prod ptp std sum var diff zeros_like ones_like squeeze nan_to_num i0 imag
        isreal isneginf isposinf angle fliplr flipud rot90""",
    ),
    (
        (X, Y),
        """add append arctan2 divide equal floor_divide fmax fmin fmod greater greater_equal heaviside hypot less
        less_equal logaddexp logaddexp2 maximum minimum mod multiply nextafter not_equal power subtract true_divide vdot
        isclose allclose logical_and logical_or logical_xor""",
    ),
    (
        (INTS, MORE),
        """bitwise_and bitwise_or bitwise_xor gcd lcm left_shift right_shift bitwise_left_shift
        bitwise_right_shift isin""",
    ),
    ((INTS,), "bitwise_invert bitwise_not cumsum sum"),
    ((HOLES,), "nancumprod nancumsum nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar nan_to_num"),
    ((X[0, 0],), "diag diagflat vander"),
    ((X[0],), "diagonal trace tril triu corrcoef"),
    ((X[0, 0], Y[0, 0]), "correlate dot inner kron outer"),
]
# With arguments of their own: NumPy's call, from arrays to arrays.
WITH = [
    ("sum", (X,), {"axis": 1, "keepdims": True}),
    ("mean", (INTS,), {"axis": (0, 2)}),
    ("argmax", (X,), {"axis": 1}),
    ("nanargmax", (HOLES,), {"axis": 2}),
    ("nanargmin", (HOLES,), {"axis": 2}),
    ("quantile", (X, 0.3), {"axis": 1}),
    ("percentile", (X, [20, 70]), {"axis": 1}),
    ("nanquantile", (HOLES, 0.3), {"axis": 2}),
    ("nanpercentile", (HOLES, 30), {"axis": 2}),
    ("average", (X,), {"axis": 2, "weights": [0.1, 0.2, 0.3, 0.4]}),
    ("clip", (X, 0.3, 0.6), {}),
    ("concatenate", ([X, Y],), {"axis": 1}),
    ("stack", ([X, Y],), {"axis": 1}),
    ("column_stack", ([X[0, 0], Y[0, 0]],), {}),
    ("dstack", ([X, Y],), {}),
    ("hstack", ([X, Y],), {}),
    ("vstack", ([X, Y],), {}),
    ("split", (X, 2), {"axis": 2}),
    ("array_split", (X, 2), {"axis": 1}),
    ("hsplit", (X, [1]), {}),
    ("vsplit", (X, 2), {}),
    ("dsplit", (X, 2), {}),
    ("broadcast_to", (X[0, 0], (3, 4)), {}),
    ("expand_dims", (X, (0, 2)), {}),
    ("moveaxis", (X, 0, 2), {}),
    ("swapaxes", (X, 0, 2), {}),
    ("reshape", (X, (4, -1)), {}),
    ("repeat", (X, 2), {"axis": 1}),
    ("repeat", (X, [1, 2, 3]), {"axis": 1}),
    ("tile", (X, [1, 2, 1]), {}),
    ("roll", (X, 1), {"axis": 1}),
    ("pad", (X, [[0, 0], [1, 2], [0, 0]]), {"mode": "reflect"}),
    ("take", (X, [2, 0]), {"axis": 1}),
    ("take_along_axis", (X, np.argsort(X, 1)), {"axis": 1}),
    ("where", (X > 0.5, X, 0.0), {}),
    ("select", ([X > 0.7, X > 0.4], [X, Y], 0.5), {}),
    ("searchsorted", (np.sort(X[0, 0]), Y[0, 0]), {"side": "right"}),
    ("digitize", (X, [0.3, 0.6]), {}),
    ("cross", (X[..., :3], Y[..., :3]), {}),
    ("tensordot", (X, Y), {"axes": [[0, 2], [0, 2]]}),
    ("matmul", (X, Y.transpose(0, 2, 1)), {}),
    ("ldexp", (X, INTS), {}),
    ("linspace", (0.0, 1.0), {"num": 5, "endpoint": False}),
    ("logspace", (0.0, 1.0), {"num": 5}),
    ("geomspace", (1.0, 8.0), {"num": 4}),
    ("trapezoid", (X,), {"dx": 0.5, "axis": 1}),
    ("unravel_index", ([3, 7], (3, 4)), {}),
    ("round", (X,), {"decimals": 1}),
    ("diff", (X,), {"n": 2, "axis": 1}),
    ("full_like", (X, 2.0), {}),
    ("eye", (3,), {"M": 4, "k": 1}),
    ("tri", (3,), {"k": -1}),
    ("identity", (3,), {}),
    ("zeros", ((2, 3),), {}),
    ("ones", ((2, 3),), {}),
    ("full", ((2, 3), 4.0), {}),
    ("arange", (1, 7, 2), {}),
    ("bartlett", (6,), {}),
    ("blackman", (6,), {}),
    ("hamming", (6,), {}),
    ("hanning", (6,), {}),
    ("kaiser", (6, 3.0), {}),
]


def close(found, wanted, name):
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(np.asarray(one, "float64"), other, rtol=3e-5, atol=1e-6, err_msg=name)


def computed(calls, space=ops):
    """The results of `(name, args, kwargs)`, by one program that takes all arrays."""
    leaves, tree = jax.tree.flatten(calls)
    where = [i for i, leaf in enumerate(leaves) if isinstance(leaf, np.ndarray)]

    def program(arrays):
        full = list(leaves)
        for i, array in zip(where, arrays):
            full[i] = array
        return [getattr(space, name)(*args, **kwargs) for name, args, kwargs in jax.tree.unflatten(tree, full)]

    return jax.jit(program)([leaves[i] for i in where])


def test_functions_of_numpy():
    calls = [(name, args, {}) for args, listed in ALIKE for name in listed.split()] + WITH
    with np.errstate(all="ignore"):
        for (name, args, kwargs), found in zip(calls, computed(calls)):
            precise = jax.tree.map(lambda a: a.astype("float64") if getattr(a, "dtype", None) == "float32" else a, args)
            close(found, getattr(np, name)(*(args if name == "nextafter" else precise), **kwargs), name)


def test_special_functions_and_linear_algebra():
    calls = [
        ("erf", (X,), {}),
        ("erfc", (X,), {}),
        ("rsqrt", (X,), {}),
        ("gammainc", (X, Y), {}),
        ("logsumexp", (X,), {"axis": 1}),
        ("cdist", (X[0], Y[0]), {}),
        ("det", (SQUARE,), {}),
        ("inv", (POSITIVE,), {}),
        ("solve", (POSITIVE, X[..., 0]), {}),
        ("cholesky", (POSITIVE,), {"upper": True}),
        ("cholesky_inverse", (np.linalg.cholesky(POSITIVE),), {}),
        ("eigh", (POSITIVE,), {}),
        ("matrix_power", (SQUARE, 3), {}),
        ("matrix_rank", (SQUARE,), {}),
        ("norm", (X,), {"ord": 1, "axis": 2}),
        ("pinv", (X,), {}),
        ("svd", (X,), {"compute_uv": False}),
        ("slogdet", (POSITIVE,), {}),
        ("logdet", (POSITIVE,), {}),
        ("lstsq", (X[0].T, X[0, 0]), {}),
        ("solve_triangular", (np.triu(POSITIVE), X[..., :2]), {}),
    ]
    found = {name: np.asarray(y) if not isinstance(y, tuple) else y for (name, _, _), y in zip(calls, computed(calls))}
    for name, wanted in {
        "erf": np.vectorize(math.erf)(X),
        "erfc": np.vectorize(math.erfc)(X),
        "rsqrt": X**-0.5,
        "logsumexp": np.log(np.exp(X).sum(1)),
        "cdist": np.linalg.norm(X[0][:, None] - Y[0], axis=-1),
        "det": np.linalg.det(SQUARE),
        "inv": np.linalg.inv(POSITIVE),
        "solve": np.linalg.solve(POSITIVE, X[..., :1])[..., 0],
        "cholesky": np.linalg.cholesky(POSITIVE).transpose(0, 2, 1),
        "cholesky_inverse": np.linalg.inv(POSITIVE),
        "matrix_power": np.linalg.matrix_power(SQUARE, 3),
        "matrix_rank": np.linalg.matrix_rank(SQUARE),
        "norm": np.abs(X).sum(2),
        "pinv": np.linalg.pinv(X),
        "svd": np.linalg.svd(X, compute_uv=False),
        "slogdet": np.linalg.slogdet(POSITIVE),
        "logdet": np.linalg.slogdet(POSITIVE)[1],
        "lstsq": np.linalg.lstsq(X[0].T, X[0, 0], rcond=None)[0],
        "solve_triangular": np.linalg.solve(np.triu(POSITIVE), X[..., :2]),
    }.items():
        parts = tuple(wanted) if isinstance(wanted, tuple) else (wanted,)
        for one, other in zip(jax.tree.leaves(found[name]), parts):
            np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-4, err_msg=name)
    values, vectors = found["eigh"]
    np.testing.assert_allclose(vectors * values[:, None] @ vectors.transpose(0, 2, 1), POSITIVE, atol=1e-4)
    draws = RNG.gamma(X[..., None], size=(*X.shape, 20000))
    np.testing.assert_allclose(found["gammainc"], (draws < Y[..., None]).mean(-1), atol=0.02)


def test_functions_of_networks():
    images, kernel = RNG.normal(size=(2, 3, 5, 4)).astype("float32"), (2, 3)
    p = (X / X.sum(-1, keepdims=True)).astype("float32")
    labels = np.array([[0, 3, 1], [2, 2, 0]], "int32")
    classes = labels[:, None, :2] % 3
    calls = [
        ("unfold", (images, kernel), {"dilation": (2, 1), "padding": 1, "stride": (1, 2)}),
        ("rearrange", (images, "b c (h p) w -> b h w (p c)"), {"p": 1}),
        ("binary_crossentropy", (Y, X), {}),
        ("binary_crossentropy", (Y, X), {"from_logits": True}),
        ("categorical_crossentropy", (p, X), {}),
        ("categorical_crossentropy", (p, X), {"from_logits": True}),
        ("sparse_categorical_crossentropy", (labels, X), {}),
        ("sparse_categorical_crossentropy", (classes, X[:, :, :2]), {"axis": 1}),
        ("in_top_k", (labels[0], X[0], 2), {}),
        ("segment_sum", (X[0], np.array([1, 0, 1])), {"num_segments": 3}),
        ("segment_max", (X[0], np.array([0, 2, 2])), {"num_segments": 3, "sorted": True}),
        ("moments", (X, [1]), {}),
        ("gelu", (X,), {}),
        ("normalize", (X,), {"order": 3}),
        ("psnr", (X, Y, 1.0), {}),
        ("polar", (X, Y), {}),
        ("view_as_complex", (images[..., :2],), {}),
        ("depth_to_space", (images[:, :, :, :4], 2), {}),
        ("multi_hot", (labels, 4), {}),
    ]
    found = [jax.tree.map(np.asarray, y) for y in computed(calls)]
    logp, q = np.log(p), 1 / (1 + np.exp(-X))
    soft = X - np.log(np.exp(X).sum(-1, keepdims=True))
    padded = np.pad(images, [(0, 0), (0, 0), (1, 1), (1, 1)])
    windows = np.stack(
        [
            padded[:, :, i : i + 3 : 2, j : j + 3].reshape(2, -1)
            for i in range(0, padded.shape[2] - 2)
            for j in range(0, padded.shape[3] - 2, 2)
        ],
        -1,
    )
    wanted = [
        windows,
        images.transpose(0, 2, 3, 1),
        -Y * np.log(X) - (1 - Y) * np.log(1 - X),
        -Y * np.log(q) - (1 - Y) * np.log(1 - q),
        -(p * logp).sum(-1),
        -(p * soft).sum(-1),
        -np.take_along_axis(logp, labels[..., None], -1)[..., 0],
        -np.take_along_axis(np.log(X / X.sum(1, keepdims=True))[:, :, :2], classes, 1)[:, 0],
        (X[0] > np.take_along_axis(X[0], labels[0][:, None], 1)).sum(1) < 2,
        np.stack([X[0, 1], X[0, 0] + X[0, 2], np.zeros(4)]),
        np.stack([X[0, 0], np.full(4, -np.inf), X[0, 1:].max(0)]),
        (X.mean(1), X.var(1)),
        0.5 * X * (1 + np.tanh(math.sqrt(2 / math.pi) * (X + 0.044715 * X**3))),
        X / np.linalg.norm(X, 3, -1, keepdims=True),
        -10 * np.log10(np.mean((X - Y) ** 2)),
        X * np.exp(1j * Y),
        images[..., 0] + 1j * images[..., 1],
        images.reshape(2, 3, 5, 2, 2, 1).transpose(0, 1, 3, 2, 4, 5).reshape(2, 6, 10, 1),
        np.eye(4)[labels].max(1),
    ]
    for (name, _, _), one, other in zip(calls, found, wanted):
        for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other)):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6, err_msg=name)


def test_fold_adds_what_unfold_took():
    """`fold` is the transpose of `unfold`."""
    options = {"kernel_size": (2, 3), "dilation": (2, 1), "padding": 1, "stride": (1, 2)}
    images = jnp.asarray(RNG.normal(size=(2, 3, 5, 4)).astype("float32"))
    columns, back = jax.vjp(functools.partial(ops.unfold, **options), images)
    given = jnp.asarray(RNG.normal(size=columns.shape).astype("float32"))
    np.testing.assert_allclose(ops.fold(given, output_size=(5, 4), **options), back(given)[0], rtol=1e-5, atol=1e-5)


def test_patches_put_together_again():
    images = RNG.normal(size=(2, 7, 6, 3)).astype("float32")
    patches = ops.image.extract_patches(images, (3, 2), padding="same")
    whole = ops.image.reconstruct_patches(patches, (3, 2), (7, 6), padding="same")
    np.testing.assert_array_equal(whole, images)
    with pytest.raises(ValueError, match="no image of size"):
        ops.image.reconstruct_patches(patches, (3, 2), (7, 6))
    with pytest.raises(ValueError, match="no patches overlap"):
        ops.image.reconstruct_patches(patches, (3, 2), (7, 6), strides=1)


def test_sizes_that_depend_on_values():
    x = np.array([[3, 1, 1], [0, 3, 3]])
    np.testing.assert_array_equal(ops.nonzero(x), np.nonzero(x))
    np.testing.assert_array_equal(ops.where(x > 1), np.nonzero(x > 1))
    values, counts = ops.unique(x, return_counts=True)
    np.testing.assert_array_equal(values, [0, 1, 3])
    np.testing.assert_array_equal(counts, [1, 2, 3])
    np.testing.assert_array_equal(ops.bincount(x, minlength=5), [[0, 2, 0, 1, 0], [1, 0, 0, 2, 0]])
    np.testing.assert_array_equal(ops.bincount(x[0], weights=[1, 2, 3]), [0, 5, 0, 1])
    for one, other in zip(ops.histogram(x.ravel(), 3, (0, 3)), np.histogram(x.ravel(), 3, (0, 3))):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(ops.segment_sum([1.0, 2.0, 4.0], [0, 2, 2]), [1, 0, 6])


def test_means_of_complex_and_of_large_numbers():
    z = np.array([1 + 2j, 3 - 1j], "complex64")
    assert ops.mean(z) == 2 + 0.5j
    assert ops.var(z) == np.var(z)
    big = np.full(8, 6e4, "float16")
    assert ops.mean(big) == big[0]
    assert ops.moments(big, [0])[0] == big[0]


def test_extremes_among_tiny_numbers():
    """A CPU takes numbers below 1e-38 for 0."""
    assert ops.argmax(np.array([-1.0, -0.0, 1.4e-45], "float32")) == 2
    assert ops.argmin(np.array([0.0, 1.2e-38, -1.4e-45, 0.0], "float32")) == 2
    assert ops.argmax(np.array([-0.0, 0.0], "float32")) == 0
    for function, other in ((ops.argmax, np.argmax), (ops.argmin, np.argmin)):
        for values in ([1.0, np.nan, 2.0, np.nan], [-np.inf, np.inf, 0.0]):
            assert function(np.array(values, "float32")) == other(values)


def test_what_stands_for_an_array():
    v = lx.Variable(np.array([1.0, 2.0], "float32"))
    for x in (v, [1.0, 2.0], (1, v[1]), jnp.array([1.0, 2.0]), np.array([1.0, 2.0])):
        np.testing.assert_array_equal(ops.add(x, 1), [2, 3])
    np.testing.assert_array_equal(ops.stack([v, [3.0, 4.0]]), [[1, 2], [3, 4]])
    np.testing.assert_array_equal(ops.concatenate((v, [3])), [1, 2, 3])
    np.testing.assert_array_equal(ops.sum(v, axis=[0]), 3)
    assert ops.average(v, weights=[3, 1]) == 1.25
    assert ops.convert_to_tensor([]).dtype == "float32"
    assert ops.dtype(1) == "int32"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ops.det(np.ones((2, 3))), "det takes square matrices"),
        (lambda: ops.cholesky(-np.eye(2)), "not positive definite"),
        (lambda: ops.get_item(np.ones(3), 3), "index 3 is out of bounds"),
        (lambda: ops.get_item(np.ones(3), (0, 0)), "too many indices"),
        (lambda: ops.segment_sum(np.ones(3), np.zeros(2, "int32"), 2), "same leading dimension"),
        (lambda: ops.rearrange(np.ones((2, 3)), "a b -> a c"), "the same names"),
        (lambda: ops.rearrange(np.ones((2, 3)), "a (b c) -> a b c"), "all but one of b, c"),
        (lambda: ops.rearrange(np.ones((2, 3)), "a (b c) -> a b c", b=2), "size 3 can't be"),
        (lambda: ops.fft(np.ones(3)), "tuple of two tensors"),
        (lambda: ops.ldexp(1.0, 2.0), "must be an integer type"),
        (lambda: ops.where(np.ones(2), np.ones(2)), "either both should be `None`"),
        (lambda: ops.slice(np.ones((2, 2)), [0], [1, 1]), "dimensions in `start_indices`"),
        (lambda: ops.add(lx.Input((3,)), np.ones(4)), r"add can't be computed for x1=.*\[None, 3\]"),
    ],
)
def test_errors(call, words):
    with pytest.raises((TypeError, ValueError), match=words):
        call()
