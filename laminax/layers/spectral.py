"""A wrapper that holds a layer's kernel at the spectral norm one."""

from typing import Any

import jax
import jax.numpy as jnp

from .._core import checks, dtypes
from .._core.holder import variables
from .._core.variable import Variable, holding, read, write
from ..initializers import TruncatedNormal
from .layer import Array
from .wrapper import Wrapper

__all__ = ["SpectralNormalization"]


class SpectralNormalization(Wrapper):
    """Runs a layer with `kernel / sigma`, where `sigma` is the largest singular value (Miyato et al., 2018).

    The kernel is taken as a matrix with one column a unit. In training, power iterations from the vector that
    the last call left estimate `sigma`; otherwise that of the last call in training is used, and before there
    was one the kernel as it is. The kernel itself stays as the optimizer made it.

    Args:
        layer: a layer with a `kernel`, such as `Dense` or `Conv2D`, or with `embeddings`.
        power_iterations: the number of iterations in each call in training.
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.power_iterations = checks.integer(
            self, "power_iterations", power_iterations, rule="should be greater than zero, an integer"
        )

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        self.kernel: Any = getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))
        if not isinstance(self.kernel, Variable):
            raise ValueError(
                f"Layer {self.name!r} (SpectralNormalization) takes a layer with weights; {type(self.layer).__name__} "
                "object has no attribute 'kernel' nor 'embeddings'."
            )
        # The first singular vector on the side of the units; its length is `sigma`.
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]), _direction, self.kernel.dtype, trainable=False, autocast=False, name="vector_u"
        )

    def values_in_files(self) -> dict[Variable, Array]:
        """The kernel divided by `sigma`, and the vector of length one: as Keras, which divides the kernel itself."""
        sigma = self._norm(self.kernel.value, training=False)
        sigma = jnp.where((sigma > 0) & (jnp.abs(sigma - 1) > 1e-6), sigma, 1)  # what was loaded is divided already
        kernel, u = self.kernel.value, self.vector_u.value
        return {self.kernel: kernel / sigma.astype(kernel.dtype), self.vector_u: u / sigma.astype(u.dtype)}

    def after_loading(self) -> None:
        """Take the kernel as divided already, and the vector as of length one, which Keras's need not be."""
        self.vector_u.assign(_unit(dtypes.at_least_float32(self.vector_u.value)))

    def call(self, inputs: Array, training: bool = False) -> Array:
        cells = variables(self.layer)
        before = read(cells)
        path = next(path for path, variable in cells.items() if variable is self.kernel)
        kernel = before[path]
        values = {**before, path: kernel / self._norm(kernel, training).astype(kernel.dtype)}
        with holding(cells, values):
            outputs = self.layer(inputs)
            after = read(cells)
        write(cells, {name: value for name, value in after.items() if value is not values[name]})
        return outputs

    def _norm(self, kernel: Array, training: bool) -> Array:
        """`sigma`; in training from new iterations, through which the gradient takes the vectors as fixed."""
        start = dtypes.at_least_float32(self.vector_u.value)
        if not training:
            return _length(start)
        matrix = dtypes.at_least_float32(kernel.reshape(-1, kernel.shape[-1]))
        u, held = _unit(start), jax.lax.stop_gradient(matrix)
        for _ in range(self.power_iterations):
            v = _unit(u @ held.T)
            u = _unit(v @ held)
        sigma = (v @ matrix @ u.T).reshape(())
        self.vector_u.assign(jax.lax.stop_gradient(jnp.where(sigma > 0, u * sigma, start)))
        return jnp.where(sigma > 0, sigma, 1)  # a kernel of zeros stays as it is


def _length(u: Array) -> Array:
    return jnp.sqrt(jnp.sum(jnp.square(u)))


def _unit(u: Array) -> Array:
    return u / jnp.maximum(_length(u), 1e-7)


def _direction(shape: tuple[int, ...], dtype: str) -> Array:
    """A random vector of the length one."""
    return _unit(TruncatedNormal()(shape, dtype))
