"""The base of all layers and models."""

import functools
import inspect
import weakref
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import constraints, initializers, regularizers
from .._core import checks, compat, context, dtypes, graph, masks, remat
from .._core.config import PACKAGE, Configurable, reject_unknown_arguments, snake_case, to_data
from .._core.holder import held
from .._core.signature import Signature
from .._core.signature import signature as signature_of
from .._core.variable import Variable
from .building import Buildable, building, settle, shape_first, shapes_for, shapes_of
from .input_spec import InputSpec, not_an_array
from .keras_names import KerasNames
from .stateless import Stateless, penalties
from .symbolic import Symbolic, placeholders

Array = Any
Shape = Any
_IN_LAYER = "In layer '"  # how the note begins that says where an error arose


class Layer(Configurable, Symbolic, Stateless, Buildable, KerasNames):
    """A function of arrays, with weights.

    A subclass makes its weights in `build(input_shape)` and computes in `call(inputs)`. `call` may
    also take `training` (whether to behave as in training) and `mask` (which steps are real);
    both find their way by themselves. Layers kept in attributes, lists and dicts are part of it.

    Args:
        activity_regularizer: a penalty on the output, divided by the number of samples.
        trainable: whether the gradient moves the weights.
        dtype: a float type or policy such as `"mixed_bfloat16"`; `None` is the global policy.
        autocast: whether float inputs are converted to the compute type.
        name: a name; by default the class's, numbered within a model.

    Example:

        class Linear(Layer):
            def __init__(self, units, **kwargs):
                super().__init__(**kwargs)
                self.units = units

            def build(self, input_shape):
                self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")

            def call(self, inputs):
                return inputs @ self.kernel
    """

    supports_masking = False
    converts_inputs = True
    told_of_mask = False
    aside = Stateless.aside | {
        *("name", "auto_named", "autocast", "input_spec", "output_shapes"),
        *("_built", "_dtype_policy", "_around", "_nodes", "_added_losses", "_input_shape", "_build_shapes"),
    }

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.name = _checked_name(name) or snake_case(type(self).__name__).lstrip("_")
        self.auto_named = name is None
        self._built = False
        self._trainable = checks.boolean(self, "trainable", trainable)
        self._dtype_policy = dtypes.get(dtype)
        self.autocast = autocast
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.input_spec: InputSpec | None = None
        self._remat = remat.wish()
        self._around: weakref.ref[Layer] | None = None  # the layer in which it was built
        self._nodes: list[weakref.ref[graph.Node]] = []
        self._added_losses: list[Any] = []
        self.output_shapes: list[Any] = []  # of the last call
        if "input_dim" in kwargs:
            kwargs["input_shape"] = (kwargs.pop("input_dim"),)
        self._input_shape = kwargs.pop("input_shape", None)
        reject_unknown_arguments(self, kwargs)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.build = building(cls.build)  # type: ignore[method-assign]
        if "compute_mask" in vars(cls):
            cls.compute_mask = masks.for_symbolic(cls.compute_mask)  # type: ignore[method-assign]

    # What a subclass writes.

    @building
    def build(self, input_shape: Shape) -> None:
        """Make the weights; called once, when the shape of the input is first known."""
        if type(self).call is not Symbolic.call and any(not layer.built for layer in self.inner_layers()):
            graph.infer(self.call, (placeholders(input_shape),), {})

    @property
    def built(self) -> bool:
        """Whether the weights are made; from the start in a layer of this package that has none."""
        return self._built or (type(self).build is Layer.build and is_builtin(self.call) and not self.inner_layers())

    @built.setter
    def built(self, value: bool) -> None:
        self._built = bool(value)

    @masks.for_symbolic
    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the output: by default that of the input, if the layer supports masks."""
        return previous_mask if self.supports_masking else None

    @property
    def takes_mask(self) -> bool:
        """Whether `call` asks for a mask."""
        return bool(signature_of(type(self).call).mask_names)

    @property
    def makes_mask(self) -> bool:
        """Whether the class says itself what the mask of the output is."""
        return type(self).compute_mask is not Layer.compute_mask

    @shape_first
    def add_weight(
        self,
        shape: tuple[int, ...] | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a weight. Assign it to an attribute, so that the layer owns it.

        By default floats start by Glorot's uniform rule, other types as zeros.
        """
        frame = context.current()
        if frame is not None and frame.layer is self:
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}) cannot add new elements of state in `call`, where they "
                "would be made anew each time: make weights in `build` or `__init__`."
            )
        dtype = np.dtype(dtype or self.variable_dtype).name
        if initializer is None:
            initializer = "glorot_uniform" if dtypes.is_float(jnp.dtype(dtype)) else "zeros"
        variable = Variable(
            initializers.get(initializer), tuple(shape or ()), dtype, trainable, autocast, name or "variable"
        )
        variable.owner = weakref.ref(self)
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        return variable

    def describe_weight(self, name: str, initializer: Any, regularizer: Any = None, constraint: Any = None) -> None:
        """Keep in `<name>_initializer` and so on what `make_weight` will give the weight."""
        setattr(self, f"{name}_initializer", initializers.get(initializer))
        setattr(self, f"{name}_regularizer", regularizers.get(regularizer))
        setattr(self, f"{name}_constraint", constraints.get(constraint))

    def make_weight(self, name: str, shape: tuple[int, ...], /, **more: Any) -> Variable:
        """Make a weight that has been described. Assign it to an attribute, so that the layer owns it."""
        rules = {rule: getattr(self, f"{name}_{rule}") for rule in ("initializer", "regularizer", "constraint")}
        return self.add_weight(shape, **{"name": name, **rules, **more})

    def add_loss(self, loss: Any) -> None:
        """Add a scalar, computed in `call`, to what training makes small."""
        frame = context.current()
        context.lose_rows()
        losses = frame.losses if frame is not None else self._added_losses
        losses.extend(loss if isinstance(loss, (list, tuple)) else [loss])

    # Calling.

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if "_built" not in vars(self):
            raise RuntimeError(f"{type(self).__name__}.__init__ must call super().__init__() first.")
        if self.converts_inputs:
            args = tuple(map(_as_array, args))
        signature = signature_of(type(self).call)
        given = signature.bind(args, kwargs)
        if self.input_spec is not None and given:
            self._check_input(next(iter(given.values())))
        if not given and signature.names and is_builtin(type(self).call) and not jax.tree.leaves((args, kwargs)):
            raise not_an_array(self, *args[:1])
        if not self.built:
            shown = {name: kwargs[name] for name in signature.mask_names if hasattr(kwargs.get(name), "shape")}
            self._build_for({**given, **shown})
        run = functools.partial(self._run, signature)
        if not graph.any_symbolic(args, kwargs):
            return run(*args, **kwargs)
        outputs, found = self._infer(run, args, kwargs)
        if not jax.tree.leaves(outputs):
            raise ValueError(f"Layer {self.name!r} ({type(self).__name__}) gives no array: does `call` return it?")
        node = graph.record(self, args, kwargs, outputs)
        masks.note_symbolic(node.outputs, found)
        self._nodes.append(weakref.ref(node))
        return node.result()

    def _convert(self, x: Any) -> Any:
        """An array in the layer's compute type; what is no array as it is."""
        if isinstance(x, (np.ndarray, np.generic)):
            if x.dtype.kind in "OSTUMm":
                raise ValueError(f"Layer {self.name!r} ({type(self).__name__}) takes numbers; got dtype {x.dtype}.")
            x = jnp.asarray(x, self.compute_dtype if dtypes.is_float(x) and self.autocast else None)
        elif isinstance(x, Variable):
            x = x.value
        if isinstance(x, jax.Array) and self.autocast and dtypes.is_float(x) and x.dtype != self.compute_dtype:
            y = x.astype(self.compute_dtype)
            context.carry(x, y, lambda logits: logits.astype(self.compute_dtype))
            return y
        return x

    def _check_input(self, inputs: Any) -> None:
        specs: Any = self.input_spec if isinstance(self.input_spec, (list, tuple)) else [self.input_spec]
        leaves = jax.tree.leaves(inputs) if len(specs) > 1 else [inputs]
        if len(leaves) != len(specs):
            raise ValueError(f"Layer {self.name!r} expects {len(specs)} inputs; got {len(leaves)}.")
        for spec, x in zip(specs, leaves):
            spec.check(x, self)

    def _build_for(self, given: Mapping[str, Any]) -> None:
        settle(self)
        if type(self).build is Layer.build:
            self._build_shapes = shapes_of(given)
        else:
            shapes = {name: graph.shape_of(value) for name, value in given.items()}
            if len(inspect.signature(self.build).parameters) <= 1 and shapes:
                self.build(next(iter(shapes.values())))
            else:
                self.build(**shapes_for(self, shapes))
        self.built = True

    def _run(self, signature: Signature, /, *args: Any, **kwargs: Any) -> Any:
        outer = context.current()
        training = self._mode(signature, kwargs.pop("training", None), outer)
        if signature.takes_training:
            kwargs["training"] = training
        dtype = self.compute_dtype if self.autocast and self.compute_dtype != self.variable_dtype else None
        with context.layer_call(self, training, dtype, self._passed_on(signature.names, kwargs)) as frame:
            if self.converts_inputs:
                args, kwargs = jax.tree.map(self._convert, (args, kwargs))
            given = signature.bind(args, kwargs)
            mask = masks.fill_masks(signature.mask_names, given, kwargs)
            context.lose_rows(knows=is_builtin(type(self).call))
            try:
                outputs = remat.as_wished(self._remat, self, self.call)(*args, **kwargs)
            except Exception as error:
                self._explain(error, given)
                raise
            self._add_activity(outputs, frame)
            if frame.watch is not None:
                frame.watch(self, outputs)
            masks.note_masks(self, given, outputs, mask)
            self.output_shapes = [(None, *graph.free_shape(y.shape)[1:]) for y in jax.tree.leaves(outputs)]
            if outer is None and not any(compat.is_tracer(x) for x in frame.losses):
                self._added_losses = frame.losses
        return outputs

    @staticmethod
    def _mode(signature: Signature, given: bool | None, outer: context.Frame | None) -> bool:
        """Whether to behave as in training: as the caller says, else as the call around, else by default."""
        for mode in (given, outer.training if outer is not None else None, signature.training):
            if mode is not None:
                return bool(mode)
        return False

    def _explain(self, error: Exception, given: Mapping[str, Any]) -> None:
        notes: list[str] = getattr(error, "__notes__", [])
        inside = next((i for i, note in enumerate(notes) if note.startswith(_IN_LAYER)), None)
        if inside is not None:
            notes[inside] = notes[inside].replace(_IN_LAYER, f"{_IN_LAYER}{self.name}/", 1)
        else:
            inputs = ", ".join(f"{k}={_brief(v)}" for k, v in given.items() if jax.tree.leaves(v))
            error.add_note(f"{_IN_LAYER}{self.name}' ({type(self).__name__}), called with {inputs or 'no arrays'}.")
            if "__jax_array__" in str(error):
                error.add_note("A weight is a Variable: give jax.numpy its array, `.value`, or use laminax.ops.")

    def _add_activity(self, outputs: Any, frame: context.Frame) -> None:
        if self.activity_regularizer is None:
            return
        for y in jax.tree.leaves(outputs):
            count = jnp.maximum(jnp.asarray(y.shape[0] if y.ndim else 1, y.dtype), 1)
            if frame.rows is not None and y.shape[:1] == frame.rows.shape:
                y = jnp.where(frame.rows.reshape((-1,) + (1,) * (y.ndim - 1)), y, 0)
                count = jnp.sum(frame.rows, dtype=y.dtype)
            frame.losses.append(self.activity_regularizer(y) / count)

    # What a layer is made of.

    def inner_layers(self) -> list["Layer"]:
        """The layers directly inside this one, in the order of the attributes."""
        return list(held(self.members().values(), Layer))

    @property
    def path(self) -> str:
        """Its name, after those of the layers in which it was built: `"outer/dense"`."""
        around = self._around() if self._around is not None else None
        return self.name if around is None else f"{around.path}/{self.name}"

    @property
    def trainable(self) -> bool:
        """Whether the gradient moves the weights; setting it sets that of inner layers."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for layer in self.inner_layers():
            layer.trainable = value

    @property
    def losses(self) -> list[Any]:
        """Penalties on the weights, and what `add_loss` added in the call that is running, or the last one."""
        frame = context.current()
        added = frame.losses if frame is not None else self._added_losses
        return [*added, *penalties(self)]

    # Types.

    @property
    def dtype_policy(self) -> dtypes.DTypePolicy:
        """The float types of the weights and of the computation; set it before the weights are made."""
        policy = self._dtype_policy
        return policy[self.name] if isinstance(policy, dtypes.DTypePolicyMap) else policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._dtype_policy = dtypes.get(value)

    @property
    def dtype(self) -> str:
        """The float type of the weights."""
        return self.dtype_policy.variable_dtype

    variable_dtype = dtype

    @property
    def compute_dtype(self) -> str:
        """The float type of the computation."""
        return self.dtype_policy.compute_dtype

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as data that JSON can hold."""
        config = super().get_config()
        if "dtype" in config:
            config["dtype"] = to_data(self.dtype_policy)
        for name, default in (("activity_regularizer", None), ("autocast", True)):
            if config.get(name) == default:
                config.pop(name, None)
        return config


def is_builtin(function: Any) -> bool:
    """Whether a function is this package's own, which treats each row of a batch by itself or asks for `rows`."""
    return str(getattr(function, "__module__", "")).split(".")[0] == PACKAGE


def _as_array(x: Any) -> Any:
    """Nested lists of numbers as an array; anything else as it is."""
    if isinstance(x, (list, tuple)) and x and all(isinstance(v, (bool, int, float)) for v in jax.tree.leaves(x)):
        return np.asarray(x)
    return x


def _brief(value: Any) -> str:
    def one(x: Any) -> str:
        return f"{x.dtype}{list(graph.free_shape(x.shape))}" if hasattr(x, "dtype") else repr(x)

    return one(value) if hasattr(value, "dtype") else str(jax.tree.map(one, value))


def _checked_name(name: str | None) -> str | None:
    """A name that can be a step of a path, in a file or elsewhere."""
    if name is not None and (not isinstance(name, str) or not name or set(name) & set("/\\") or name in (".", "..")):
        raise ValueError(f"A layer's name is a string without '/'; got {name!r}.")
    if name is not None and (len(name) > 255 or not name.isprintable()):
        raise ValueError(f"A layer's name has at most 255 characters, all of them printable; got {name[:60]!r}.")
    return name
