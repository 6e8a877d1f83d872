"""What the contract tests share: finding the classes, comparing, gradients against differences, config round trips.

A contract test proves of every public class of a family what the family promises. Classes are found by looking into the
namespace, so a new one without a sample in `contract_samples.py` fails its test.
"""

import contextlib
import inspect
import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from laminax import config
from laminax._core.variable import scratch


def public_classes(namespace, base):
    """The classes of a family that a namespace exports, each once."""
    names = getattr(namespace, "__all__", None) or [name for name in vars(namespace) if not name.startswith("_")]
    found = [getattr(namespace, name) for name in names]
    return list(dict.fromkeys(cls for cls in found if inspect.isclass(cls) and issubclass(cls, base)))


def check_all_have_samples(classes, samples, abstract):
    """`abstract` are the bases, which can't be made; all others need a sample, and none may have one needlessly."""
    sampled = {sample.cls for sample in samples}
    missing = [cls.__name__ for cls in classes if cls not in sampled and cls not in abstract]
    assert not missing, f"no sample for {', '.join(missing)}: add one to contract_samples.py"
    strange = [cls.__name__ for cls in sampled | set(abstract) if cls not in classes]
    assert not strange, f"samples of classes that are not exported: {', '.join(strange)}"


def numbered(samples):
    """Names of samples for pytest: the class, and a number where it has several."""
    seen = {}
    for sample in samples:
        n = seen[sample.cls] = seen.get(sample.cls, -1) + 1
        yield f"{sample.cls.__name__}{n or ''}"


def where(condition):
    """Marks a check that is for those samples alone of which the condition holds."""

    def mark(check):
        check.applies = condition
        return check

    return mark


def parametrize(samples, checks):
    """Each check on each sample that it applies to; a check is a function of the sample."""
    pairs = [
        pytest.param(check, sample, id=f"{name}-{check.__name__.removeprefix('check_')}")
        for sample, name in zip(samples, numbered(samples))
        for check in checks
        if getattr(check, "applies", bool)(sample)
    ]
    return pytest.mark.parametrize(("check", "sample"), pairs)


# Arrays.


def is_float(x):
    return jnp.issubdtype(x.dtype, jnp.floating)


def floats_as(tree, dtype):
    """NumPy arrays, floats in the given type."""
    return jax.tree.map(lambda x: x.astype(dtype) if isinstance(x, np.ndarray) and is_float(x) else x, tree)


def arrays(tree, dtype="float32"):
    """JAX arrays of a tree of NumPy arrays, floats in the given type."""
    return jax.tree.map(lambda x: jnp.asarray(x) if isinstance(x, np.ndarray) else x, floats_as(tree, dtype))


def assert_close(found, wanted, tolerance=1e-6):
    """Trees of the same shapes, equal to a fraction of the largest number; numbers that are not finite are equal."""
    assert jax.tree.structure(found) == jax.tree.structure(wanted)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted)):
        a, b = as_numpy(a), as_numpy(b)
        assert a.shape == b.shape, f"shapes {a.shape} and {b.shape}"
        scale = max(1.0, float(np.abs(b[np.isfinite(b)]).max(initial=0))) if b.dtype.kind == "f" else 1.0
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


def assert_same_bits(found, wanted):
    """Trees of equal arrays, to the last bit."""
    assert jax.tree.structure(found) == jax.tree.structure(wanted)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted)):
        np.testing.assert_array_equal(as_numpy(a), as_numpy(b))


def as_numpy(x):
    """A NumPy array; short floats, which NumPy can't compare, as float32; random keys as their data."""
    if jnp.issubdtype(getattr(x, "dtype", np.float32), jax.dtypes.prng_key):
        x = jax.random.key_data(x)
    x = np.asarray(x)
    return x.astype("float32") if x.dtype.name in ("bfloat16", "float16") else x


def assert_finite(tree):
    for x in jax.tree.leaves(tree):
        assert np.isfinite(as_numpy(x)).all(), f"not finite: {x}"


def quick_jit(function):
    """Compiled without the slow optimizations: for what is run a few times and asks for numbers alone."""
    return jax.jit(function, compiler_options={"xla_backend_optimization_level": 0})


def build_by(layer, *inputs, **call):
    """Make the weights that a call makes. It is traced and not run, so that nothing is compiled."""
    with scratch():
        jax.eval_shape(lambda *inputs: layer(*inputs, **call), *inputs)


# Settings for a while.


@contextlib.contextmanager
def policy(name):
    """The global dtype policy; 64-bit types are on for as long as it is float64."""
    with jax.enable_x64(name == "float64"):
        config.set_dtype_policy(name)
        try:
            yield
        finally:
            config.set_dtype_policy(None)


# Gradients.


def check_gradient(slope, point, tolerance=1e-6, step=1e-5):
    """The gradient is the central difference, in float64, along a random direction of each array.

    Args:
        slope: a function that gives `(value, gradient)` at a tree of float64 arrays.
        point: the tree.
    """
    rng = np.random.default_rng(7)
    leaves, tree = jax.tree.flatten(point)
    gradient = jax.tree.leaves(slope(point)[1])
    assert len(gradient) == len(leaves) > 0
    for i, (x, g) in enumerate(zip(leaves, gradient)):
        assert x.dtype == g.dtype == "float64"
        direction = rng.normal(size=x.shape)
        direction /= np.linalg.norm(direction)

        def at(t, i=i, x=x, direction=direction):
            return float(slope(jax.tree.unflatten(tree, [*leaves[:i], x + t * direction, *leaves[i + 1 :]]))[0])

        difference = (at(step) - at(-step)) / (2 * step)
        found = float(np.vdot(g, direction))
        size = max(float(np.linalg.norm(g)), 1e-2)
        assert abs(found - difference) <= tolerance * size, (
            f"array {i}: {found} by gradient, {difference} by difference"
        )


# Tracers.


def tracers_in(value, seen=None):
    """Paths of tracers in an object and in what hangs on it."""
    seen = set() if seen is None else seen
    if isinstance(value, jax.core.Tracer):
        return [""]
    if id(value) in seen or isinstance(value, (str, bytes, int, float, type, np.ndarray, jax.Array)):
        return []
    seen.add(id(value))
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, (list, tuple, set)):
        items = list(enumerate(value))
    else:
        items = list(vars(value).items()) if hasattr(value, "__dict__") and not callable_only(value) else []
    return [f"/{key}{path}" for key, item in items for path in tracers_in(item, seen)]


def callable_only(value):
    return inspect.isfunction(value) or inspect.ismodule(value) or inspect.isclass(value) or inspect.ismethod(value)


# Objects as data.


def as_json(config):
    return json.loads(json.dumps(config))


def from_json(obj):
    """A second object, from the first one's config after a trip through text; the configs are equal."""
    data = as_json(obj.get_config())
    twin = type(obj).from_config(data)
    assert type(twin) is type(obj)
    assert as_json(twin.get_config()) == data
    return twin


def check_repr(obj):
    assert repr(obj).startswith(type(obj).__name__)
    assert "object at 0x" not in repr(obj)


def check_unknown_argument(make, argument):
    """A misspelt argument is a `TypeError` that names the right one."""
    with pytest.raises(TypeError, match=f"Did you mean .*'{argument}'"):
        make(**{f"{argument}_": 1})
