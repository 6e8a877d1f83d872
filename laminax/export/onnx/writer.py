"""A graph of ONNX while it is written: nodes, constants, and names of which each occurs once.

An operator is a method: `g.MatMul(x, kernel)` adds a node and gives the name of its output. What an operator takes are
names, `Value`s, variables and arrays, which become constants, numbers (floats of 32 bits), lists of integers (of 64
bits), and `None` for what is left out.
"""

import contextlib
import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from ..._core.dtypes import is_float
from ..._core.variable import Variable

# Operators that treat each number alone: a transpose before them can as well come after.
ELEMENTWISE = frozenset(
    [
        *("Abs", "Add", "Cast", "Ceil", "Celu", "Clip", "Div", "Elu", "Erf", "Exp", "Floor", "HardSigmoid"),
        *("HardSwish", "LeakyRelu", "Log", "Max", "Min", "Mul", "Neg", "Reciprocal", "Relu", "Selu", "Sigmoid"),
        *("Sign", "Softplus", "Softsign", "Sqrt", "Sub", "Tanh"),
    ]
)


@dataclass(frozen=True)
class Value:
    """An array in the graph: its name, its shape with `None` for free sizes, its type, and its mask of steps."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    mask: Any = None

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)


class Node(NamedTuple):
    """One call of an operator."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]


class Body(NamedTuple):
    """A graph inside of a node, such as a loop's: it sees the names around it."""

    nodes: list[Node]
    inputs: list[Value]
    outputs: list[Value]


class Writer:
    """The graph that is being written."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, np.ndarray] = {}
        self._taken: set[str] = set()
        self._by_content: dict[Any, str] = {}
        self._made: dict[Any, list[str]] = {}  # what a node gives, by what it is: none is written twice
        self._turned: dict[str, tuple[str, tuple[int, ...]]] = {}  # transposes: what of, and how
        self.place: list[str] = []

    def __getattr__(self, op: str) -> Callable[..., Any]:
        if not op[0].isupper():
            raise AttributeError(f"Writer has no attribute {op!r}.")
        return functools.partial(self.add, op)

    @contextlib.contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Let names made inside begin with that of a layer. After an error `place` says where it was."""
        self.place.append(name)
        yield
        self.place.pop()

    def fresh(self, name: str) -> str:
        """A name that nothing has yet."""
        base = found = "/".join([*self.place, name])
        number = 0
        while found in self._taken:
            number += 1
            found = f"{base}_{number}"
        self._taken.add(found)
        return found

    def add(self, op: str, *given: Any, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node; returns the name of its output, or a list of them."""
        inputs = [self.name_of(x) for x in given]
        while inputs and not inputs[-1]:
            inputs.pop()
        if op == "Transpose":
            return self._transpose(inputs[0], attributes["perm"])
        if (op in ELEMENTWISE or op == "Concat") and (perm := self._common_turn(inputs)):
            if op == "Concat":
                attributes["axis"] = perm[attributes["axis"]]
            before = [self._turned[x][0] if x in self._turned else x for x in inputs]
            return self._transpose(self.add(op, *before, **attributes), perm)
        made = self._node(op, inputs, outputs, attributes)
        return made[0] if outputs == 1 else made

    def _node(self, op: str, inputs: list[str], outputs: int, attributes: dict[str, Any]) -> list[str]:
        key = op, tuple(inputs), outputs, repr(attributes)
        if key not in self._made:
            self._made[key] = [self.fresh(op) for _ in range(outputs)]
            self.nodes.append(Node(op, inputs, self._made[key], attributes))
        return self._made[key]

    def name_of(self, x: Any) -> str:
        """The name of what an operator takes."""
        if isinstance(x, (str, Value)):
            return x if isinstance(x, str) else x.name
        if x is None:
            return ""
        if isinstance(x, Variable):
            return self.constant(x.value, x.name)
        if isinstance(x, (list, tuple)):
            return self.constant(np.asarray(x, np.int64))
        return self.constant(np.asarray(x, np.float32) if isinstance(x, (int, float)) else x)

    def constant(self, array: Any, name: str = "constant", dtype: Any = None) -> str:
        """A constant; the same numbers have one name. Floats of any size get 32 bits."""
        array = np.asarray(array)
        if dtype is not None or is_float(array.dtype):
            array = array.astype(dtype or np.float32)
        array = np.ascontiguousarray(array).reshape(array.shape)
        key = array.dtype.name, array.shape, hashlib.sha256(array.tobytes()).digest()
        if key not in self._by_content:
            self._by_content[key] = self.fresh(name)
            self.constants[self._by_content[key]] = array
        return self._by_content[key]

    def _transpose(self, name: str, perm: Sequence[int]) -> str:
        """Two transposes in a row are one, or none."""
        if name in self._turned:
            name, before = self._turned[name]
            perm = [before[axis] for axis in perm]
        if list(perm) == sorted(perm):
            return name
        (made,) = self._node("Transpose", [name], 1, {"perm": list(perm)})
        self._turned[made] = name, tuple(perm)
        return made

    def _common_turn(self, inputs: list[str]) -> tuple[int, ...] | None:
        """The transpose that all inputs come from, but for single numbers."""
        arrays = [x for x in inputs if x and not (x in self.constants and self.constants[x].ndim == 0)]
        turns = {self._turned[x][1] if x in self._turned else None for x in arrays}
        return turns.pop() if len(turns) == 1 else None

    # What many layers need.

    def cast(self, x: Any, dtype: str) -> str:
        """`x`, a name, a value, or what becomes a constant, in a type."""
        if not isinstance(x, (str, Value)):
            return self.constant(x.value if isinstance(x, Variable) else x, dtype=plain(dtype))
        same = isinstance(x, Value) and plain(x.dtype) == plain(dtype)
        return self.name_of(x) if same else str(self.Cast(x, to=plain(dtype)))

    def steps(self, x: Any, axis: int) -> str:
        """The places along an axis, 0, 1, 2, ..., a vector of int64."""
        zero, one = (self.constant(n, dtype="int64") for n in (0, 1))
        return str(self.Range(zero, self.size(x, axis), one))

    def sizes(self, x: Any, start: int, end: int | None = None) -> str:
        """The sizes of the axes from `start` on, a vector."""
        return str(self.Shape(x, start=start, **({} if end is None else {"end": end})))

    def size(self, x: Any, axis: int) -> str:
        """The size of an axis, one number."""
        return str(self.Squeeze(self.sizes(x, axis, axis + 1)))

    def reshape(self, x: Any, *shape: Any) -> str:
        """`x` in a shape whose parts are numbers (0: as it is on that axis, -1: what is left) and names of vectors."""
        if all(isinstance(part, int) for part in shape):
            return str(self.Reshape(x, list(shape)))
        return str(self.Reshape(x, self.Concat(*(p if isinstance(p, str) else [p] for p in shape), axis=0)))

    def moved(self, x: Any, rank: int, source: int, target: int) -> str:
        """`x` with one axis in another place."""
        order = [axis for axis in range(rank) if axis != source % rank]
        order.insert(target % rank, source % rank)
        return str(self.Transpose(x, perm=order))

    @contextlib.contextmanager
    def body(self) -> Iterator[list[Node]]:
        """Let nodes go into a list of their own, for the graph inside of a node."""
        outer = self.nodes, self._made, self._turned
        self.nodes, self._made, self._turned = [], {}, {}
        yield self.nodes
        self.nodes, self._made, self._turned = outer


def plain(dtype: Any) -> str:
    """The type that an array of a type has in the file: floats of any size are of 32 bits."""
    return "float32" if is_float(dtype) else jnp.dtype(dtype).name
