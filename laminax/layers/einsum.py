"""The product of an input and a kernel along named axes."""

import re
from typing import Any, NamedTuple

import jax.numpy as jnp

from .. import activations, initializers
from .._core import checks
from .input_spec import InputSpec
from .layer import Array, Layer

__all__ = ["EinsumDense"]


class EinsumDense(Layer):
    """`activation(einsum(equation, inputs, kernel) + bias)`.

    Each letter of the equation names an axis: `"abc,cd->abd"` is `Dense` on `(batch, steps, features)`, and
    `"abc,cde->abde"` makes heads `d` of the size `e`. Axes of any number stand as `...` at the start of input and
    output (`"...x,xy->...y"`) or at their end (`"ab...,bc->ac..."`). The first axis is the batch's.

    Args:
        equation: axes of the input, of the kernel, and of the output.
        output_shape: the sizes of the output's letters, without the batch (and without `...`), an integer for
            one; `None` for a size that is the input's.
        activation: a function or its name; `None` is linear.
        bias_axes: letters of the output along which the bias varies; `None` is no bias.
        kernel_initializer, bias_initializer: first values. Those that go by the number of inputs and outputs
            take the kernel's letters that are not in the output as inputs, the others as outputs.
        kernel_regularizer, bias_regularizer: penalties on the weights.
        kernel_constraint, bias_constraint: where the weights must stay.
    """

    kernel_initializer: Any

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.equation = equation
        self._letters = Letters.of(equation)
        sizes = output_shape if isinstance(output_shape, (list, tuple)) else (output_shape,)
        self.output_shape = tuple(s if s is None else checks.integer(self, "output_shape", s) for s in sizes)
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.describe_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.describe_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        if strange := set(bias_axes or "") - set(self._letters.output):
            raise ValueError(f"EinsumDense: the output of {equation!r} has no axis {min(strange)!r} for bias_axes.")
        if len(self.output_shape) != len(self._letters.sized):
            raise ValueError(
                f"EinsumDense: output_shape must have a size for each of {list(self._letters.sized)}, the letters of "
                f"the output of {equation!r} without the batch's; got {output_shape!r}."
            )

    def build(self, input_shape: Any) -> None:
        letters, sizes = self._letters, self._sizes(input_shape)
        start = {}
        if isinstance(self.kernel_initializer, initializers.VarianceScaling):
            outputs = [i for i, c in enumerate(letters.kernel) if c in letters.output]
            inputs = [i for i, c in enumerate(letters.kernel) if c not in letters.output]
            start["initializer"] = self.kernel_initializer.along(inputs, outputs)
        self.kernel = self.make_weight("kernel", tuple(sizes[c] for c in letters.kernel), **start)
        self.bias = None
        if self.bias_axes:
            first = min(map(letters.output.index, self.bias_axes))
            after = len(input_shape) - len(letters.input) if letters.elided == "right" else 0
            shape = (*(sizes[c] if c in self.bias_axes else 1 for c in letters.output[first:]), *(1,) * after)
            self.bias = self.make_weight("bias", shape)
        if letters.elided == "left":
            self.input_spec = InputSpec(min_ndim=len(letters.input) + 1)
        else:
            self.input_spec = InputSpec(ndim=len(input_shape))

    def _sizes(self, shape: Any) -> dict[str, Any]:
        """The size of each letter, from the shape of the input and from `output_shape`."""
        letters, where = self._letters, f"Layer {self.name!r} ({self.equation})"
        more = len(shape) - len(letters.input)
        if more < (letters.elided == "left") or (more and not letters.elided):
            raise ValueError(f"{where} has other axes than its input, which has the shape {tuple(shape)}.")
        own = shape[more:] if letters.elided == "left" else shape
        sizes = dict(zip(letters.input, own))
        for letter, size in zip(letters.sized, self.output_shape):
            if None not in (size, sizes.get(letter)) and size != sizes[letter]:
                raise ValueError(
                    f"{where}: the axis {letter!r} has the size {sizes[letter]} in the input, "
                    f"but {size} in output_shape."
                )
            sizes[letter] = sizes.get(letter) or size
        for letter in letters.kernel + (self.bias_axes or ""):
            if sizes.get(letter) is None:
                raise ValueError(
                    f"{where} must know the size of the axis {letter!r}: give it in output_shape or in the shape of "
                    f"the input; got {self.output_shape} and {tuple(shape)}."
                )
        return sizes

    def call(self, inputs: Array) -> Array:
        outputs = jnp.einsum(self.equation, inputs, self.kernel.value)
        if self.bias is not None:
            outputs = outputs + self.bias.value
        return self.activation(outputs)


class Letters(NamedTuple):
    """The axes of an equation: of input, kernel and output, and whether `...` stands `"left"` or `"right"` of them."""

    input: str
    kernel: str
    output: str
    elided: str

    @classmethod
    def of(cls, equation: str) -> "Letters":
        """The axes of `equation`, checked."""
        match = _FORM.fullmatch(equation) if isinstance(equation, str) else None
        if match is None or (match["before"] and match["after"]):
            raise ValueError(
                f"EinsumDense: equation must have the form 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...'; "
                f"got {equation!r}."
            )
        input, kernel, output = match["input"], match["kernel"], match["output"]
        elided = "left" if match["before"] else "right" if match["after"] else ""
        for letter in output:
            if letter not in input + kernel:
                raise ValueError(f"EinsumDense: {letter!r} of the output of {equation!r} is in no other part.")
        for letter in kernel:
            if letter not in input + output:
                raise ValueError(f"EinsumDense: {letter!r} of the kernel of {equation!r} is in no other part.")
        if elided != "left" and output[:1] != input[0]:
            raise ValueError(
                f"EinsumDense: the output must begin with the batch's axis, as the input does: with {input[0]!r} "
                f"in {equation!r}."
            )
        return cls(input, kernel, output, elided)

    @property
    def sized(self) -> str:
        """The letters of the output whose sizes `output_shape` gives."""
        return self.output if self.elided == "left" else self.output[1:]


_FORM = re.compile(
    r"(?P<before>\.\.\.)?(?P<input>[a-zA-Z]+)(?P<after>\.\.\.)?,(?P<kernel>[a-zA-Z]+)"
    r"->(?(before)\.\.\.)(?P<output>[a-zA-Z]*)(?(after)\.\.\.)"
)
