"""What the cells of this package have in common."""

from typing import Any

import jax
import jax.numpy as jnp

from .. import activations
from .._core import checks
from .._core.random import SeedGenerator
from ..ops.linear import project
from ..ops.recurrent import scan_steps
from .dense import known_size
from .layer import Array, Layer


class Cell(Layer):
    """The base of cells whose inputs are projected before the loop, all steps at once.

    `kernel` is `(features, gates * units)`, `recurrent_kernel` is `(units, gates * units)`: the parts of the gates
    stand side by side. A subclass writes `advance`; one with a faster form of the loop also `usual` and `run_usual`.
    """

    gates = 1
    bias: Any
    window: tuple[int, ...] = ()  # the axes of a kernel before those of features and units

    def __init__(
        self,
        units: int,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: Any,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("implementation", None)  # the form of the loop, which earlier Keras left to the caller
        super().__init__(**kwargs)
        self.units = checks.integer(self, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.describe_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.describe_weight("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.describe_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.dropout = checks.fraction(self, "dropout", dropout)
        self.recurrent_dropout = checks.fraction(self, "recurrent_dropout", recurrent_dropout)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    @property
    def state_size(self) -> Any:
        """The size of the state, or a list of sizes."""
        return self.units

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self.units

    def get_initial_state(self, batch_size: Any = None) -> list[Array]:
        """Zeros."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [jnp.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def build(self, input_shape: Any) -> None:
        self._make_kernels(known_size(self, input_shape, -1))

    def _make_kernels(self, features: int) -> None:
        width = self.gates * self.units
        self.kernel = self.make_weight("kernel", (*self.window, features, width))
        self.recurrent_kernel = self.make_weight(
            "recurrent", (*self.window, self.units, width), name="recurrent_kernel"
        )
        self.bias = self.make_bias(width) if self.use_bias else None

    def make_bias(self, width: int) -> Any:
        """The weight that is added to the projections."""
        return self.make_weight("bias", (width,))

    # One step.

    def call(self, inputs: Array, states: Any, training: bool = False) -> Any:
        z, masks = self.prepare(inputs[:, None], training)
        if isinstance(states, (list, tuple)):
            return self.advance(masks, z[:, 0], states)
        output, (state,) = self.advance(masks, z[:, 0], [states])
        return output, state

    def advance(self, masks: Any, z: Array, states: Any) -> Any:
        """One step from the projected input: `(output, states)`. `masks` are those of the recurrent dropout."""
        raise NotImplementedError

    def prepare(self, sequences: Array, training: bool) -> tuple[Array, Any]:
        """The projection of all steps, and the masks of the recurrent dropout.

        A sequence has one dropout mask for all its steps; with recurrent dropout each gate has its own.
        """
        batch, kernel, masks = sequences.shape[0], self.kernel.value, None
        if training and self.dropout:
            count = self.gates if self.recurrent_dropout else 1
            mask = self._mask(self.dropout, (count, batch, 1, *sequences.shape[2:]), sequences.dtype)
            parts = zip(mask, jnp.split(kernel, count, -1))
            z = jnp.concatenate([self.project(sequences * m, k) for m, k in parts], -1)
        else:
            z = self.project(sequences, kernel)
        if training and self.recurrent_dropout:
            masks = self._mask(self.recurrent_dropout, (self.gates, batch, *z.shape[2:-1], self.units), z.dtype)
        return z if self.bias is None else z + self.input_bias, masks

    @property
    def input_bias(self) -> Array:
        """What is added to the projection of the inputs."""
        return self.bias.value

    def _mask(self, rate: float, shape: Any, dtype: Any) -> Array:
        keep = jax.random.bernoulli(self.seed_generator.key(), 1 - rate, shape)
        return keep.astype(dtype) / max(1 - rate, 1e-7)

    def project(self, sequences: Array, kernel: Array) -> Array:
        """The product of each step of the inputs with a kernel."""
        return project(sequences, kernel)

    def recur(self, h: Array, masks: Any) -> Array:
        """The product of the state with the recurrent kernel."""
        kernel = self.recurrent_kernel.value
        if masks is None:
            return self.recur_by(h, kernel)
        parts = zip(masks, jnp.split(kernel, self.gates, -1))
        return jnp.concatenate([self.recur_by(h * m, k) for m, k in parts], -1)

    def recur_by(self, h: Array, kernel: Array) -> Array:
        """The product of a state with a kernel."""
        return h @ kernel

    # All steps.

    @property
    def usual(self) -> bool:
        """Whether there is a faster form of the loop for the cell's arguments."""
        return False

    def run(
        self, sequences: Array, states: list[Array], training: bool, mask: Any, zero_masked: bool, unroll: bool
    ) -> tuple[Array, Array, list[Array]]:
        """The last output, all outputs, the last states."""
        if self.usual and not unroll and not (training and self.recurrent_dropout):
            x = jnp.swapaxes(sequences, 0, 1)
            if training and self.dropout:
                x = x * self._mask(self.dropout, x.shape[1:], x.dtype)
            real = None if mask is None else jnp.swapaxes(mask, 0, 1)[..., None]
            outputs, states = self.run_usual(x, states, real)
            last = states[0] if x.shape[0] != 0 else jnp.zeros_like(states[0])
            if real is not None and zero_masked:
                outputs = jnp.where(real, outputs, 0)
                last = outputs[-1] if x.shape[0] != 0 else last
            return last, jnp.swapaxes(outputs, 0, 1), states

        z, masks = self.prepare(sequences, training)

        def step(z: Array, states: Any, extras: Any) -> Any:
            return *self.advance(masks, z, states), extras

        return scan_steps(step, z, states, (), mask, zero_masked, unroll)[:3]

    def run_usual(self, x: Array, states: list[Array], mask: Any) -> tuple[Array, list[Array]]:
        """From inputs `(steps, batch, features)` the state after each step, and the last states, in the faster form."""
        raise NotImplementedError

    def weights_of_steps(self) -> tuple[Array, Array, Array]:
        """Both kernels and the bias, zero where there is none."""
        kernel = self.kernel.value
        bias = jnp.zeros(kernel.shape[-1], kernel.dtype) if self.bias is None else self.bias.value
        return kernel, self.recurrent_kernel.value, bias


def given_arguments(found: dict[str, Any], *but: str) -> dict[str, Any]:
    """The arguments of the constructor whose `locals()` are `found`, by name, but for some."""
    given = {**found, **found["kwargs"]}
    return {name: value for name, value in given.items() if name not in ("self", "__class__", "kwargs", *but)}
