"""Symbolic tensors, and the graph of the calls that make them.

A symbolic tensor stands for an array before there is any data: a shape, a type, and the
call that will make it. Shapes come from `jax.eval_shape`, for layers and functions alike.
"""

import contextlib
import functools
import inspect
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jax
import numpy as np

from . import compat
from .config import PACKAGE
from .dtypes import TYPES
from .errors import shown, unknown
from .variable import Variable, scratch


class SymbolicTensor:
    """A shape, a type, and the call that makes it. `None` is a free dimension."""

    sparse = ragged = False

    def __init__(
        self,
        shape: Iterable[int | None],
        dtype: Any = "float32",
        node: "Node | None" = None,
        index: int = 0,
        name: str | None = None,
        sparse: bool = False,
        ragged: bool = False,
    ) -> None:
        if sparse or ragged:
            raise ValueError("Sparse and ragged tensors are not supported: pad them, and mask the padding.")
        self.shape = tuple(shape)
        self.dtype = _type_name(dtype)
        self.node = node
        self.index = index
        self.name = name
        self.mask: SymbolicTensor | None = None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def _keras_mask(self) -> "SymbolicTensor | None":
        return self.mask

    def __repr__(self) -> str:
        name = f" {self.name}" if self.name else ""
        return f"<SymbolicTensor{name} {self.dtype}{list(self.shape)}>"

    @shown
    def __len__(self) -> int:
        if not self.shape or self.shape[0] is None:
            raise TypeError(f"{self} has no length before there is data.")
        return self.shape[0]

    @shown
    def __iter__(self) -> Any:
        return (operator.getitem(self, i) for i in range(len(self)))  # type: ignore[call-overload]

    @shown
    def __bool__(self) -> bool:
        raise TypeError(f"{self} has no value yet, so it can't decide an `if`. Put the branch into a Layer's call.")

    @shown
    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            f"{self} has no value yet. Use {PACKAGE}.ops instead of numpy and jax.numpy, "
            "or put the code into a Layer's call."
        )

    @shown
    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        reflected = _REFLECTED.get(function.__name__)
        if reflected is None or method != "__call__" or inputs[-1] is not self:
            return self.__array__()
        return getattr(self, reflected)(inputs[0])  # `array + tensor`, which NumPy was asked first


_REFLECTED = {
    "add": "__radd__",
    "subtract": "__rsub__",
    "multiply": "__rmul__",
    "divide": "__rtruediv__",
    "floor_divide": "__rfloordiv__",
    "remainder": "__rmod__",
    "power": "__rpow__",
    "matmul": "__rmatmul__",
    "less": "__gt__",
    "less_equal": "__ge__",
    "greater": "__lt__",
    "greater_equal": "__le__",
}


def _type_name(dtype: Any) -> str:
    if dtype == "string":
        return "string"
    try:
        return np.dtype(dtype).name
    except TypeError:
        raise unknown("dtype", dtype, TYPES) from None


class Node:
    """One recorded call: `outputs = function(*args, **kwargs)`."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any
    ) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs
        leaves, self.treedef = jax.tree.flatten(outputs)
        self.outputs = [SymbolicTensor(free_shape(o.shape), o.dtype, self, i) for i, o in enumerate(leaves)]
        self.inputs = [t for t in jax.tree.leaves((args, kwargs)) if is_symbolic(t)]

    @property
    def owner(self) -> int:
        """What counts as one: an object, such as a layer, however often it is called; a function in each call anew."""
        return id(self if inspect.isfunction(self.function) else self.function)

    def result(self) -> Any:
        """The outputs, in the structure that the function returned."""
        return jax.tree.unflatten(self.treedef, self.outputs)


def is_symbolic(x: Any) -> bool:
    """Whether `x` is a symbolic tensor."""
    return isinstance(x, SymbolicTensor)


def any_symbolic(*trees: Any) -> bool:
    """Whether a symbolic tensor is in one of the trees."""
    return any(is_symbolic(x) for x in jax.tree.leaves(trees))


def free_shape(shape: Iterable[Any]) -> tuple[int | None, ...]:
    """A shape with `None` for each dimension that is not a number."""
    return tuple(d if isinstance(d, int) else None for d in shape)


def shape_of(tree: Any) -> Any:
    """The shapes in a tree of arrays and symbolic tensors."""
    return jax.tree.map(lambda x: free_shape(np.shape(x) if not hasattr(x, "shape") else x.shape), tree)


def record(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> Node:
    """The node of a call whose outputs have these shapes and types."""
    return Node(function, args, kwargs, outputs)


def infer(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], meet: bool = False) -> Any:
    """Shapes and types of `function(*args, **kwargs)`; `None` where a dimension is free.

    A free dimension is a symbol, the same one for all tensors that have it on the same axis.
    A function that must know the number (`range(x.shape[1])`) is asked twice, with two
    numbers, and what differs is free. With `meet`, a free dimension may turn out to be one
    of the known ones, as in the sum of `(None, 3)` and `(2, None)`.
    """
    leaves, treedef = jax.tree.flatten((args, kwargs))
    where = [i for i, x in enumerate(leaves) if is_symbolic(x)]
    places = [(i, axis) for i in where for axis, d in enumerate(leaves[i].shape) if d is None]

    def run(*values: Any) -> Any:
        full = list(leaves)
        for i, value in zip(where, values):
            full[i] = value
        a, k = jax.tree.unflatten(treedef, full)
        with scratch():
            return function(*a, **k)

    def ask(sizes: dict[tuple[int, int], Any]) -> Any:
        def struct(i: int) -> jax.ShapeDtypeStruct:
            shape = [sizes.get((i, axis), d) for axis, d in enumerate(leaves[i].shape)]
            return jax.ShapeDtypeStruct(shape, leaves[i].dtype)

        return jax.eval_shape(run, *map(struct, where))

    symbols = compat.free_dimensions(sorted({_symbol(axis) for _, axis in places}))
    try:
        return ask({place: symbols[_symbol(place[1])] for place in places})
    except Exception as error:
        if not places:
            raise
        known = sorted({d for i in where for d in leaves[i].shape if d not in (None, 1)}) if meet else []
        for fixed in _guesses(places, known):
            try:
                return _asked_twice(ask, places, fixed)
            except Exception:
                continue
        raise error.with_traceback(error.__traceback__) from None


def _guesses(places: list[tuple[int, int]], known: list[int]) -> Iterable[dict[tuple[int, int], int]]:
    """Sizes for free dimensions, from none to all of them: at most a few dozen ways."""
    ways = (
        dict(zip(chosen, sizes))
        for count in range(len(places) + 1 if known else 1)
        for chosen in itertools.combinations(places, count)
        for sizes in itertools.product(known, repeat=count)
    )
    return itertools.islice(ways, 64)


def _asked_twice(ask: Callable[[Any], Any], places: list[Any], fixed: dict[Any, int]) -> Any:
    first, second = (ask({**dict.fromkeys(places, number), **fixed}) for number in (6, 10))
    return jax.tree.map(_common, first, second)


def _symbol(axis: int) -> str:
    return "batch" if axis == 0 else f"d{axis}"


class _Spec:
    def __init__(self, shape: tuple[Any, ...], dtype: Any) -> None:
        self.shape, self.dtype = shape, dtype


def _common(first: Any, second: Any) -> _Spec:
    return _Spec(tuple(a if a == b else None for a, b in zip(first.shape, second.shape)), first.dtype)


@contextlib.contextmanager
def explained(name: str, given: Mapping[Any, Any]) -> Iterator[None]:
    """Let what JAX says of shapes be a `ValueError` that begins with the function and what it was given."""
    try:
        yield
    except (TypeError, IndexError, ValueError) as error:
        if type(error) is ValueError and not _of_jax(error):
            raise
        shapes = ", ".join(f"{key}={x}" for key, x in given.items() if any_symbolic(x))
        raise ValueError(f"{name} can't be computed for {shapes}. {error}") from error


def _of_jax(error: Exception) -> bool:
    """Whether an error was raised by JAX, and not by who calls it."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and str(place.tb_frame.f_globals.get("__name__")).startswith("jax")


def symbolic(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of arrays also accept symbolic tensors."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            with explained(call.__name__, {**dict(enumerate(args)), **kwargs}):
                outputs = infer(function, args, kwargs)
            return record(call, args, kwargs, outputs).result()
        args, kwargs = jax.tree.map(_held, (args, kwargs))
        return function(*args, **kwargs)

    return call


def _held(x: Any) -> Any:
    """The array of a variable; anything else as it is."""
    return x.value if isinstance(x, Variable) else x


def sort(inputs: list[SymbolicTensor], outputs: list[SymbolicTensor]) -> list[Node]:
    """The nodes between `inputs` and `outputs`, each after those it needs.

    Keras's order: by distance from the outputs, farthest first; nodes of one object
    count as one; at the same distance in the order of a depth-first walk from the outputs.
    """
    found, finished = _visit(inputs, outputs)
    position: dict[int, int] = {}
    for node in found:
        position.setdefault(node.owner, len(position))
    of_node: dict[int, int] = {}
    of_owner: dict[int, int] = {}
    given = {id(t) for t in inputs}
    for node in reversed(finished):
        depth = max(of_node.get(id(node), 0), of_owner.get(node.owner, 0))
        of_node[id(node)] = of_owner[node.owner] = depth
        for tensor in node.inputs:
            if tensor.node is not None and not (id(tensor) in given and tensor.node.inputs):
                of_node[id(tensor.node)] = max(of_node.get(id(tensor.node), 0), depth + 1)
    rank = {id(node): i for i, node in enumerate(finished)}
    return sorted(finished, key=lambda n: (-of_node[id(n)], position[n.owner], rank[id(n)]))


def _visit(inputs: list[SymbolicTensor], outputs: list[SymbolicTensor]) -> tuple[list[Node], list[Node]]:
    """Nodes as first met, and as finished, in a depth-first walk back from the outputs."""
    given = {id(t) for t in inputs}
    met: dict[int, Node] = {}
    finished: list[Node] = []
    for output in outputs:
        stack: list[tuple[SymbolicTensor, bool]] = [(output, False)]
        while stack:
            tensor, done = stack.pop()
            node = tensor.node
            if node is None or (id(tensor) in given and node.inputs):
                continue
            if done:
                finished.append(node)
            elif id(node) not in met:
                met[id(node)] = node
                stack.append((tensor, True))
                stack.extend((t, False) for t in reversed(node.inputs))
    return list(met.values()), finished


def run(
    nodes: list[Node], inputs: list[SymbolicTensor], values: list[Any], outputs: Any, swap: dict[Any, Any] | None = None
) -> Any:
    """Compute `outputs` (a tree of symbolic tensors) from `values` given for `inputs`.

    `swap` gives other functions to call in place of recorded ones. The values may be
    symbolic themselves: then this copies the graph.
    """
    known = {id(t): value for t, value in zip(inputs, values)}

    def fill(x: Any) -> Any:
        return known[id(x)] if is_symbolic(x) else x

    for node in nodes:
        if all(id(t) in known for t in node.outputs):
            continue
        args, kwargs = jax.tree.map(fill, (node.args, node.kwargs))
        function = swap.get(node.function, node.function) if swap else node.function
        results = jax.tree.leaves(function(*args, **kwargs))
        known.update((id(t), value) for t, value in zip(node.outputs, results))
    return jax.tree.map(fill, outputs)
