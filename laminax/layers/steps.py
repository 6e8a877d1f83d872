"""What becomes of a mask of steps where a layer slides windows along them.

The steps lie on the first spatial axis: `(batch, steps, ...)`, or `(batch, channels, steps, ...)` with channels first.
A place of the output is real where the sequence alone, without the steps behind it that are masked, would have it:

- `padding="same"` and `"causal"`: where one of the `strides` steps from its place on is real. Of `n` steps
  `ceil(n / strides)` places stay;
- `"valid"`: where its window begins and ends at real steps. Of `n` steps `(n - window) // strides + 1` places stay.

So that they are also the same as of the sequence alone, masked steps count as zeros, or in pooling not at all.
"""

from typing import Any

import jax.numpy as jnp

from .._core import context, masks
from .layer import Layer

Array = Any


class AlongSteps(Layer):
    """The base of layers that slide windows along steps, and keep their mask.

    Subclasses have `strides`, `padding`, `data_format`, and say how many steps a window spans. (`supports_masking` is
    `False` as in Keras, where it means that the mask of the input is that of the output.)
    """

    strides: tuple[int, ...]
    padding: str
    data_format: str

    @property
    def span(self) -> int:
        """How many steps lie from the first to the last of a window."""
        raise NotImplementedError(f"{type(self).__name__} must define span.")

    def real_steps(self, inputs: Array, mask: Array | None) -> Array | None:
        """A mask of any number of axes as one of steps, in the form of `inputs`; `None` if it is of something else."""
        axis = 2 if self.data_format == "channels_first" else 1
        if mask is None or mask.ndim < 2 or mask.shape[1] != inputs.shape[axis]:
            return None
        steps = mask.astype(bool).reshape(*mask.shape[:2], -1).any(-1)
        return steps.reshape(steps.shape[0], *(-1 if i == axis else 1 for i in range(1, inputs.ndim)))

    def masked(self, outputs: Array, inputs: Array, mask: Array | None) -> Array:
        """Outputs, with the mask that they have for inputs with a mask."""
        found = None if mask is None else self.compute_mask(inputs, mask)
        if found is not None:
            context.note(outputs, mask=found)
        return outputs

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array | None:
        steps = self.real_steps(inputs, previous_mask)
        if steps is None:
            if previous_mask is not None:
                masks.tell_of_mask(self)
            return None
        mask, stride = steps.reshape(steps.shape[0], -1), self.strides[0]
        if self.padding == "valid":
            reach = max(mask.shape[1] - self.span + 1, 0)
            return mask[:, :reach:stride] & mask[:, self.span - 1 :: stride]
        mask = jnp.pad(mask, ((0, 0), (0, -mask.shape[1] % stride)))
        return mask.reshape(mask.shape[0], -1, stride).any(-1)
