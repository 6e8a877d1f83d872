"""Branches, loops, and functions of functions, in programs that are compiled as a whole."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from .._core.graph import symbolic
from .._core.operation import as_array
from .._core.variable import Variable

Function = Callable[..., Any]
__all__ = [
    "associative_scan",
    "cond",
    "custom_gradient",
    "fori_loop",
    "map",
    "scan",
    "switch",
    "vectorized_map",
    "while_loop",
]


@symbolic
def associative_scan(f: Function, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """`f` of the first elements, of the first two, ..., in parallel; `f` must be associative.

    Args:
        f: a function of two elements.
        elems: an array, or a tree of arrays, with the elements along `axis`.
        reverse: whether to begin at the end.
        axis: the axis of the elements.
    """
    elems = _arrays(elems)
    if len({x.shape[axis] for x in jax.tree.leaves(elems)}) > 1:
        shapes = [x.shape for x in jax.tree.leaves(elems)]
        raise ValueError(f"associative_scan: all arrays must have the same first dimension, axis {axis}; got {shapes}.")
    return jax.lax.associative_scan(f, elems, reverse, axis)


@symbolic
def cond(pred: Any, true_fn: Function, false_fn: Function) -> Any:
    """`true_fn()` if `pred`, else `false_fn()`; both give the same shapes."""
    return jax.lax.cond(pred, lambda: true_fn(), lambda: false_fn())


def custom_gradient(f: Function) -> Function:
    """A function with a gradient of its own: `f(*args)` gives `(value, grad)`, with `grad(upstream)`.

    Example:

        @custom_gradient
        def log1pexp(x):
            e = ops.exp(x)
            return ops.log(1 + e), lambda upstream: upstream * (1 - 1 / (1 + e))
    """
    own = jax.custom_gradient(f)

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = jax.tree.map(lambda x: x.value if isinstance(x, Variable) else x, (args, kwargs))
        return own(*args, **kwargs)

    return call


@symbolic
def fori_loop(lower: Any, upper: Any, body_fun: Function, init_val: Any) -> Any:
    """`value = body_fun(i, value)` for `i` in `lower .. upper - 1`."""
    return jax.lax.fori_loop(lower, upper, body_fun, init_val)


@symbolic
def map(f: Function, xs: Any) -> Any:
    """`f` of each row, stacked, one after another."""
    return jax.lax.map(f, _arrays(xs))


@symbolic
def scan(
    f: Function, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1
) -> Any:
    """`carry, y = f(carry, x)` for each row `x`: the last carry, and all `y`, stacked.

    Args:
        f: a function of what is carried on and a row.
        init: what is carried at the start.
        xs: an array or a tree of arrays, or `None`, if the rows are nothing.
        length: the number of rows, if `xs` is `None`.
        reverse: whether to begin with the last row.
        unroll: how many steps are written out in the program; `True` is all.
    """
    if not callable(f):
        raise TypeError(f"scan: `f` should be a callable. Got {f!r}.")
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"scan: unroll must be an positive integer or boolean. Got {unroll!r}.")
    if xs is None and length is None:
        raise ValueError("scan: give `xs` to scan over and/or `length`, the number of steps.")
    return jax.lax.scan(f, init, _arrays(xs), length, reverse, unroll)


@symbolic
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """`branches[index](*operands)`; all branches give the same shapes."""
    return jax.lax.switch(jnp.asarray(index, "int32"), branches, *operands)


@symbolic
def vectorized_map(function: Function, elements: Any) -> Any:
    """`function` of each row, stacked, all at once."""
    return jax.vmap(function)(_arrays(elements))


@symbolic
def while_loop(cond: Function, body: Function, loop_vars: Any, maximum_iterations: int | None = None) -> Any:
    """`loop_vars = body(*loop_vars)` while `cond(*loop_vars)`, at most `maximum_iterations` times."""
    several = isinstance(loop_vars, (list, tuple))
    start = tuple(loop_vars) if several else (loop_vars,)

    def go_on(state: Any) -> Any:
        going = cond(*state[1])
        return going if maximum_iterations is None else jnp.logical_and(going, state[0] < maximum_iterations)

    def once(state: Any) -> Any:
        found = body(*state[1])
        return state[0] + 1, tuple(found) if isinstance(found, (list, tuple)) else (found,)

    values = jax.lax.while_loop(go_on, once, (0, start))[1]
    return type(loop_vars)(values) if several else values[0]


def _arrays(tree: Any) -> Any:
    """A tree of what stands for arrays, as JAX arrays; a list of numbers is one array."""
    if isinstance(tree, list) and not any(hasattr(x, "shape") for x in jax.tree.leaves(tree)):
        return as_array(tree)
    return jax.tree.map(as_array, tree)
