"""A recurrent layer run over sequences both ways."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from .._core import checks
from .._core.config import custom_objects
from .layer import Array, Layer

__all__ = ["Bidirectional"]

MERGES: dict[Any, Callable[[Array, Array], Any]] = {
    "concat": lambda y, back: jnp.concatenate([y, back], -1),
    "sum": lambda y, back: y + back,
    "mul": lambda y, back: y * back,
    "ave": lambda y, back: (y + back) / 2,
    None: lambda y, back: (y, back),
}


class Bidirectional(Layer):
    """A recurrent layer forwards, and another backwards (Schuster & Paliwal, 1997).

    Input `(batch, steps, ...)`. Output `(batch, 2 * units)`, or `(batch, steps, 2 * units)` if the layer returns
    sequences; the backward ones stand in the order of the input, and masked steps give zeros. With `return_state`
    come the forward states, then the backward ones; `initial_state` is in that order too.

    Args:
        layer: a recurrent layer; its config makes a new one with new weights.
        merge_mode: what is made of the two outputs: `"concat"`, `"sum"`, `"mul"`, `"ave"`, or `None` for both.
        weights: arrays to start from, those of the forward layer first.
        backward_layer: the layer backwards, by default made as the forward one. It must differ from it in
            `go_backwards`, and agree in `stateful`, `return_sequences` and `return_state`.
    """

    supports_masking = True
    set_by_class = ("weights",)

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, value in (("layer", layer), ("backward_layer", backward_layer or layer)):
            if not isinstance(value, Layer) or not hasattr(value, "go_backwards"):
                raise checks.refused(self, name, "must be a recurrent layer, such as LSTM", value)
        if merge_mode not in MERGES:
            raise checks.not_among(self, "merge_mode", merge_mode, MERGES)
        self.merge_mode = merge_mode
        self.forward_layer = _renewed(layer, "forward_")
        self.backward_layer = backward_layer or _renewed(layer, "backward_", go_backwards=True)
        self._check_pair()
        for one in (self.forward_layer, self.backward_layer):
            if hasattr(one, "zero_output_for_mask"):
                one.zero_output_for_mask = one.return_sequences
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.input_spec = layer.input_spec
        self._first_weights = weights

    @property
    def layer(self) -> Any:
        """The forward layer."""
        return self.forward_layer

    def _check_pair(self) -> None:
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise ValueError("Bidirectional: layer and backward_layer must differ in go_backwards.")
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(self.forward_layer, name) != getattr(self.backward_layer, name):
                raise ValueError(f"Bidirectional: layer and backward_layer must agree in {name}.")

    def build(self, input_shape: Any) -> None:
        for one in (self.forward_layer, self.backward_layer):
            if not one.built:
                one.build(input_shape)
        if self._first_weights is not None:
            self.set_weights(self._first_weights)

    def call(self, sequences: Array, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        states = [None, None] if initial_state is None else self._halves(list(initial_state))
        found = []
        for layer, state in zip((self.forward_layer, self.backward_layer), states):
            given = {"initial_state": state} if state is not None else {}
            if layer.takes_mask:
                given["mask"] = mask
            outputs = layer(sequences, training=training, **given)
            found.append(outputs if self.return_state else (outputs,))
        (y, *forward), (back, *backward) = found
        back = jnp.flip(back, 1) if self.return_sequences else back
        y, back = (x.astype(self.compute_dtype) for x in (y, back))
        merged = MERGES[self.merge_mode](y, back)
        if not self.return_state:
            return merged
        return (*(merged if self.merge_mode is None else (merged,)), *forward, *backward)

    def _halves(self, states: list[Any]) -> list[Any]:
        if len(states) % 2:
            raise ValueError(
                f"Layer {self.name!r} (Bidirectional): initial_state must hold as many states for the forward as for "
                f"the backward layer; got {len(states)}."
            )
        return [states[: len(states) // 2], states[len(states) // 2 :]]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        mask = previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask
        mask = mask if self.return_sequences else None
        if self.merge_mode is not None and not self.return_state:
            return mask
        return [mask, mask] if self.merge_mode is None else [mask]

    @property
    def states(self) -> Any:
        """The kept states, the forward ones first; `None` where none are kept."""
        forward, backward = self.forward_layer.states, self.backward_layer.states
        return (*forward, *backward) if forward and backward else None

    def reset_state(self) -> None:
        """Set the states of stateful layers to zero."""
        if not self.stateful:
            raise AttributeError(f"Layer {self.name!r} (Bidirectional) is not stateful: it has no state to reset.")
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_states = reset_state


def _renewed(layer: Any, prefix: str, **changes: Any) -> Any:
    """A layer of the same config, with new weights. Its classes, also the program's own, are known."""
    classes = {type(one).__name__: type(one) for one in layer._flatten_layers()}
    config = {**layer.get_config(), "name": prefix + layer.name.removeprefix(prefix), **changes}
    with custom_objects(classes):
        made = type(layer).from_config(config)
    if (shapes := layer.get_build_config()) is not None:
        made.build_from_config(shapes)
    return made
