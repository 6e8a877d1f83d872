"""Functions and modules of other JAX libraries as layers."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import context, dtypes
from .._core.random import SeedGenerator, draw_seed
from .._core.variable import Variable
from .layer import Array, Layer
from .symbolic import placeholders

__all__ = ["FlaxLayer", "JaxLayer"]


class JaxLayer(Layer):
    """A pure function of JAX as a layer, such as `apply` of a Haiku module.

    `call_fn` takes any of these arguments, by these names, `inputs` always:

    - `params`: the trainable arrays, in a tree;
    - `state`: arrays that a call changes; then `call_fn` gives `(outputs, new state)`;
    - `rng`: a random key in training, otherwise `None`;
    - `inputs`: one array, or a tree of them;
    - `training`: whether to behave as in training.

    `init_fn` takes `inputs`, ones of the right shape, and may take `rng` and `training`. It gives the first
    `params`, or, where `call_fn` takes a state, `(params, state)`. Whatever nodes the trees are made of, the arrays
    become weights of the layer, by their paths; floats get the layer's type. What is no array stays as it is.

    Args:
        call_fn: the function.
        init_fn: what makes `params` and `state` when the shape of the input is known.
        params: trainable arrays to start from, instead of `init_fn`.
        state: a state to start from, instead of `init_fn`.
        seed: an integer for the same first values and keys at each run.

    Example:

        def call(params, inputs):
            return inputs @ params["kernel"]

        def init(rng, inputs):
            return {"kernel": jax.random.normal(rng, (inputs.shape[-1], 10))}

        layer = JaxLayer(call, init)
    """

    set_by_class: tuple[str, ...] = ("params", "state")

    def __init__(
        self,
        call_fn: Callable[..., Any],
        init_fn: Callable[..., Any] | None = None,
        params: Any = None,
        state: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.call_fn = call_fn
        self.init_fn = init_fn
        self.seed = seed
        self._takes = self._arguments("call_fn", call_fn, ("params", "state", "rng", "inputs", "training"))
        self._init_takes = self._arguments("init_fn", init_fn, ("rng", "inputs", "training")) if init_fn else ()
        self.seed_generator = SeedGenerator(seed) if "rng" in self._takes else None
        self.params: Any = None
        self.model_state: Any = None  # `state()` is a layer's method
        if params is not None or state is not None:
            self._keep(params, state)
            self.built = True
        elif init_fn is None and {"params", "state"} & {*self._takes}:
            raise ValueError(
                f"{type(self).__name__}: call_fn takes params or state, so give init_fn, which makes them, or give "
                "params and state."
            )

    def _arguments(self, role: str, function: Callable[..., Any], known: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(inspect.signature(function).parameters)
        if strange := [name for name in names if name not in known]:
            raise ValueError(
                f"{type(self).__name__}: {role} takes the argument {strange[0]!r}; it may take {', '.join(known)}."
            )
        if "inputs" not in names:
            raise ValueError(f"{type(self).__name__}: {role} must take the argument 'inputs'; it takes {names}.")
        return names

    def build(self, input_shape: Any) -> None:
        if self.built or self.init_fn is None:
            return
        with jax.ensure_compile_time_eval():  # real arrays, also inside a trace
            given = {
                "rng": self.init_rng(),
                "inputs": jax.tree.map(lambda s: jnp.ones([d or 1 for d in s.shape]), placeholders(input_shape)),
                "training": True,
            }
            made = self.init_fn(**{name: given[name] for name in self._init_takes})
            self._keep(*(made if "state" in self._takes else (made, None)))

    def _keep(self, params: Any, state: Any) -> None:
        """Make the arrays of the two trees weights."""
        self.params = jax.tree.map_with_path(functools.partial(self._weight, True), params)
        self.model_state = jax.tree.map_with_path(functools.partial(self._weight, False), state)

    def _weight(self, trainable: bool, path: Any, x: Any) -> Any:
        if not isinstance(x, (jax.Array, np.ndarray, np.generic, bool, int, float)):
            return x
        array = jnp.asarray(x)
        real = dtypes.is_float(array)
        dtype = self.variable_dtype if real else array.dtype
        weight = self.add_weight(array.shape, lambda *_: array, dtype, trainable=trainable and real, name=_name(path))
        weight.initializer = None  # it would keep the first values alive
        return weight

    def members(self) -> dict[str, Any]:
        """The attributes, with the weights of `params` and `state` by their paths."""
        others = {name: value for name, value in super().members().items() if name not in ("params", "model_state")}
        return {**others, "params": _variables(self.params), "state": _variables(self.model_state)}

    def init_rng(self) -> Any:
        """The `rng` of `init_fn`. A subclass may give a tree of keys instead."""
        return jax.random.fold_in(jax.random.key(draw_seed() if self.seed is None else self.seed), 1)

    def call_rng(self, training: bool) -> Any:
        """The `rng` of `call_fn`. A subclass may give a tree of keys instead, or keys in inference too."""
        return self.seed_generator.key() if training and self.seed_generator is not None else None

    def call(self, inputs: Any, training: bool = False) -> Any:
        context.lose_rows()  # nobody knows whether the function mixes rows
        params, state = jax.tree.map(_value, self.params), jax.tree.map(_value, self.model_state)
        given = {"params": params, "state": state, "inputs": inputs, "training": training}
        if "rng" in self._takes:
            given["rng"] = self.call_rng(training)
        outputs = self.call_fn(**{name: given[name] for name in self._takes})
        if "state" not in self._takes:
            return outputs
        outputs, new = outputs
        self._move(state, new)
        return outputs

    def _move(self, old: Any, new: Any) -> None:
        """Assign what of the state is new."""
        wanted, found = jax.tree.structure(old), jax.tree.structure(new)
        if found != wanted:  # type: ignore[operator]  # `PyTreeDef` has no types
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}): the state after a call must have the structure of that "
                f"before, {wanted}; got {found}."
            )
        for variable, before, after in zip(*map(jax.tree.leaves, (self.model_state, old, new))):
            if after is not before and isinstance(variable, Variable):
                variable.assign(after)


class FlaxLayer(JaxLayer):
    """A module of Flax (`flax.linen`) as a layer.

    The method takes the input as its first argument, an array or a tree of them, and may take `training`. Its
    `params` are the trainable weights, its other collections, such as `batch_stats`, state of the layer. In
    training it has random keys for `dropout`.

    Args:
        module: the module. A config names its class: `custom_objects` gives a module for that name.
        method: the method to call, its name, or a function `(module, inputs)`; `None` is `__call__`.
        variables: what `module.init` gave, to start from.

    Example:

        class Net(flax.linen.Module):
            @flax.linen.compact
            def __call__(self, inputs, training=False):
                x = flax.linen.Dense(100)(inputs)
                return flax.linen.Dropout(0.5, deterministic=not training)(x)

        layer = FlaxLayer(Net())
    """

    set_by_class = ("call_fn", "init_fn", "params", "state", "variables")

    def __init__(self, module: Any, method: Any = None, variables: Any = None, **kwargs: Any) -> None:
        self.module = module
        bound = getattr(method, "__self__", None) is module
        self.method = method = method.__name__ if bound else method
        called = getattr(module, method) if isinstance(method, str) else method or module.__call__
        self._has_mode = "training" in inspect.signature(called).parameters
        params, state = (None, None) if variables is None else _split(variables)
        super().__init__(self._apply, self._init, params, state, **kwargs)

    def _apply(self, params: Any, state: Any, rng: Any, inputs: Any, training: bool) -> Any:
        mode = {"training": training} if self._has_mode else {}
        variables = {"params": params, **state}
        return self.module.apply(variables, inputs, rngs=rng, method=self.method, mutable=list(state), **mode)

    def _init(self, rng: Any, inputs: Any, training: bool) -> Any:
        mode = {"training": training} if self._has_mode else {}
        return _split(self.module.init(rng, inputs, method=self.method, **mode))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; the module as the name of its class."""
        kind = type(self.module)
        named = {"class_name": "function", "config": kind.__name__, "module": kind.__module__}
        return {**super().get_config(), "module": {**named, "registered_name": kind.__name__}}

    def init_rng(self) -> dict[str, Array]:
        """Keys for the first values of the weights and for dropout."""
        params, dropout = jax.random.split(super().init_rng())
        return {"params": params, "dropout": dropout}

    def call_rng(self, training: bool) -> dict[str, Array]:
        """A key for dropout, in training."""
        return {"dropout": super().call_rng(training)} if training else {}


def _split(variables: Any) -> tuple[Any, dict[str, Any]]:
    """`params` of a module's variables, and the other collections."""
    return variables.get("params", {}), {name: tree for name, tree in variables.items() if name != "params"}


def _value(leaf: Any) -> Any:
    return leaf.value if isinstance(leaf, Variable) else leaf


def _name(path: Any) -> str:
    return jax.tree_util.keystr(path, simple=True, separator="/")


def _variables(tree: Any) -> dict[str, Variable]:
    leaves, _ = jax.tree.flatten_with_path(tree)
    return {_name(path): leaf for path, leaf in leaves if isinstance(leaf, Variable)}
