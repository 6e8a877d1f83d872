"""The maximum of a window, whose derivative is written out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import policy
from jax.test_util import check_grads

from laminax import ops

RNG = np.random.default_rng(8)


@pytest.mark.parametrize("strides", [None, 1])
@pytest.mark.parametrize("window", [(2, 2), (3, 1), (5, 6)])
def test_derivatives(window, strides):
    """Also where windows tile the input, which is a form of its own."""
    with policy("float64"):
        x = jnp.asarray(RNG.permutation(2 * 5 * 6 * 3).reshape(2, 5, 6, 3) / 10)
        check_grads(lambda x: ops.max_pool(x, window, strides), [x], order=1, modes=("fwd", "rev"), rtol=1e-6)


@pytest.mark.parametrize("window", [2, 12])
def test_one_of_equal_values_moves_the_maximum(window):
    """The first; each window gives one value's worth of gradient, however many are equal."""
    gradient = jax.grad(lambda x: ops.max_pool(x, window).sum())(jnp.zeros((1, 12, 12, 2)))
    assert set(np.unique(gradient)) == {0, 1}
    assert gradient.sum() == (12 / window) ** 2 * 2
    np.testing.assert_array_equal(gradient[0, ::window, ::window], 1)


def test_nan_is_seen():
    x = np.zeros((1, 4, 4, 1), "float32")
    x[0, 1, 1] = np.nan
    np.testing.assert_array_equal(np.isnan(ops.max_pool(x, 2)).ravel(), [True, False, False, False])
