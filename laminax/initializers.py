"""Initial values of weights: functions of shape and type.

Values are drawn on the host by NumPy's Philox generator, so that making a model compiles
nothing. An integer seed gives the same values at each call; without one each call draws
anew, from `utils.set_random_seed` if that was called.
"""

import copy
import math
import numbers
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from ._core import checks, compat
from ._core.config import Configurable, deserializer, getter, record
from ._core.errors import did_you_mean, shown, unknown
from ._core.random import SeedGenerator, checked_seed, generator
from ._core.settings import floatx
from .ops.signal import window_of

Shape = tuple[int, ...]


class Initializer(Configurable):
    """A function `(shape, dtype) -> array`. Subclass it and write `__call__`."""

    def __call__(self, shape: Shape, dtype: str | None = None) -> jax.Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(shape, dtype).")

    def clone(self) -> "Initializer":
        """Another one with the same arguments."""
        return type(self).from_config(self.get_config())


def _array(values: np.ndarray, dtype: str | None) -> jax.Array:
    return compat.on_device(values.astype(np.dtype(dtype or floatx())))


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape: Shape, dtype: str | None = None) -> jax.Array:
        return _array(np.zeros(shape), dtype)


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape: Shape, dtype: str | None = None) -> jax.Array:
        return _array(np.ones(shape), dtype)


class Constant(Initializer):
    """All `value`, a number or an array that broadcasts to the shape."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Shape, dtype: str | None = None) -> jax.Array:
        value = np.asarray(self.value)
        try:
            return _array(np.broadcast_to(value, shape), dtype)
        except ValueError:
            raise ValueError(f"Expected `shape` to be {value.shape}, that of the given values; got {shape}.") from None


class Identity(Initializer):
    """`gain` on the diagonal of a matrix, zero elsewhere."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = checks.real(self, "gain", gain)

    def __call__(self, shape: Shape, dtype: str | None = None) -> jax.Array:
        if len(shape) != 2:
            raise ValueError(f"Identity makes matrices; got the shape {shape}.")
        return _array(self.gain * np.eye(*shape), dtype)


class RandomInitializer(Initializer):
    """The base of initializers that draw: subclasses write `draw(rng, shape)`."""

    def __init__(self, seed: Any = None) -> None:
        self.seed = seed if seed is None or isinstance(seed, SeedGenerator) else checked_seed(seed)

    def draw(self, rng: "Draw", shape: Shape) -> np.ndarray:
        """Values of this shape, from `rng`."""
        raise NotImplementedError(f"{type(self).__name__} must define draw(rng, shape).")

    def __call__(self, shape: Shape, dtype: str | None = None) -> jax.Array:
        return _array(self.draw(Draw(self.seed, dtype or floatx()), shape), dtype)


class Draw:
    """Random arrays of one type; short floats are drawn as float32."""

    def __init__(self, seed: Any, dtype: str) -> None:
        self._rng = generator(seed)
        self._dtype: Any = np.float64 if dtype == "float64" else np.float32

    def uniform(self, low: float, high: float, shape: Shape) -> np.ndarray:
        """Uniform values between `low` and `high`."""
        return self._rng.random(shape, self._dtype) * self._dtype(high - low) + self._dtype(low)

    def normal(self, mean: float, stddev: float, shape: Shape) -> np.ndarray:
        """Normal values."""
        return self._rng.standard_normal(shape, self._dtype) * self._dtype(stddev) + self._dtype(mean)

    def truncated_normal(self, mean: float, stddev: float, shape: Shape) -> np.ndarray:
        """Normal values, those beyond two standard deviations drawn again."""
        values = self._rng.standard_normal(shape, self._dtype)
        while (far := np.abs(values) > 2).any():
            values[far] = self._rng.standard_normal(int(far.sum()), self._dtype)
        return values * self._dtype(stddev) + self._dtype(mean)


class RandomNormal(RandomInitializer):
    """Normal with `mean` and `stddev`."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean = checks.real(self, "mean", mean)
        self.stddev = checks.number(self, "stddev", stddev)

    def draw(self, rng: Draw, shape: Shape) -> np.ndarray:
        return rng.normal(self.mean, self.stddev, shape)


class TruncatedNormal(RandomNormal):
    """Normal, without what is more than two standard deviations from the mean."""

    def draw(self, rng: Draw, shape: Shape) -> np.ndarray:
        return rng.truncated_normal(self.mean, self.stddev, shape)


class RandomUniform(RandomInitializer):
    """Uniform between `minval` and `maxval`."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.minval = checks.real(self, "minval", minval)
        self.maxval = checks.real(self, "maxval", maxval)

    def draw(self, rng: Draw, shape: Shape) -> np.ndarray:
        return rng.uniform(self.minval, self.maxval, shape)


class VarianceScaling(RandomInitializer):
    """Zero mean, variance `scale / n`.

    Args:
        scale: a positive factor.
        mode: what `n` is: `"fan_in"` (inputs of a unit), `"fan_out"` (units that an input reaches)
            or `"fan_avg"` (the mean of both).
        distribution: `"truncated_normal"`, `"untruncated_normal"` or `"uniform"`.
        seed: an integer, a `SeedGenerator` or `None`.
        input_axes: the axes of a kernel that are inputs, where it is not `(*window, inputs, units)`.
        output_axes: the axes that are units.
    """

    # The standard deviation of a standard normal cut at two.
    _CUT = 0.87962566103423978

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(seed)
        self.scale = _positive("scale", scale)
        self.mode = _one_of("mode", mode, ("fan_in", "fan_out", "fan_avg"))
        names = ("uniform", "truncated_normal", "untruncated_normal")
        self.distribution = _one_of(
            "distribution", "truncated_normal" if distribution == "normal" else distribution, names
        )
        self.input_axes = None if input_axes is None else list(input_axes)
        self.output_axes = None if output_axes is None else list(output_axes)

    def along(self, input_axes: Sequence[int], output_axes: Sequence[int]) -> "VarianceScaling":
        """The same for a kernel with these axes, unless it has its own."""
        other = copy.copy(self)
        if self.input_axes is None or self.output_axes is None:
            other.input_axes, other.output_axes = list(input_axes), list(output_axes)
        return other

    def draw(self, rng: Draw, shape: Shape) -> np.ndarray:
        fan_in, fan_out = fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        stddev = math.sqrt(self.scale / max(1.0, n))
        if self.distribution == "uniform":
            return rng.uniform(-math.sqrt(3) * stddev, math.sqrt(3) * stddev, shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0.0, stddev, shape)
        return rng.truncated_normal(0.0, stddev / self._CUT, shape)


def fans(
    shape: Shape, input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """Inputs per unit and units per input, of a kernel `(*window, inputs, units)` or with the given axes."""
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[i] for i in input_axes), math.prod(shape[i] for i in output_axes)
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def _positive(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not float(value) > 0:
        raise ValueError(f"Argument `{name}` must be positive float. Got {value!r}.")
    return float(value)


def _one_of(name: str, value: Any, options: tuple[str, ...]) -> str:
    if str(value).lower() not in options:
        raise ValueError(f"Invalid `{name}` argument: {value!r}.{did_you_mean(value, options)}")
    return str(value).lower()


def _scaling(name: str, scale: float, mode: str, distribution: str, doc: str) -> type[VarianceScaling]:
    def __init__(  # noqa: N807
        self: VarianceScaling, seed: Any = None, input_axes: Any = None, output_axes: Any = None
    ) -> None:
        VarianceScaling.__init__(self, scale, mode, distribution, seed, input_axes, output_axes)

    body = {"__init__": __init__, "__doc__": doc, "__module__": __name__}
    return type(name, (VarianceScaling,), body)


GlorotUniform = _scaling(
    "GlorotUniform", 1.0, "fan_avg", "uniform", "Uniform of variance `2 / (fan_in + fan_out)` (Glorot & Bengio, 2010)."
)
GlorotNormal = _scaling(
    "GlorotNormal",
    1.0,
    "fan_avg",
    "truncated_normal",
    "Truncated normal of variance `2 / (fan_in + fan_out)` (Glorot & Bengio, 2010).",
)
HeUniform = _scaling(
    "HeUniform", 2.0, "fan_in", "uniform", "Uniform of variance `2 / fan_in`, for ReLU (He et al., 2015)."
)
HeNormal = _scaling(
    "HeNormal",
    2.0,
    "fan_in",
    "truncated_normal",
    "Truncated normal of variance `2 / fan_in`, for ReLU (He et al., 2015).",
)
LecunUniform = _scaling(
    "LecunUniform", 1.0, "fan_in", "uniform", "Uniform of variance `1 / fan_in` (LeCun et al., 1998)."
)
LecunNormal = _scaling(
    "LecunNormal",
    1.0,
    "fan_in",
    "truncated_normal",
    "Truncated normal of variance `1 / fan_in`, for SELU (LeCun et al., 1998).",
)


class Orthogonal(RandomInitializer):
    """A matrix with orthonormal rows or columns, times `gain` (Saxe et al., 2014).

    Of more than two axes, all but the last are taken as one.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        super().__init__(seed)
        self.gain = checks.real(self, "gain", gain)

    def draw(self, rng: Draw, shape: Shape) -> np.ndarray:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal needs at least two axes; got the shape {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.normal(0.0, 1.0, (max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diag(r))  # the sign that makes the draw uniform
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


class STFT(Initializer):
    """A kernel `(steps, 1, frequencies)` whose convolution with a signal is its Fourier transform, piece by piece.

    `cos(2 pi t f / n) * window(t) / scale` for the real part, `-sin(...)` for the imaginary one, where
    `n = 2 * (frequencies - 1)`.

    Args:
        side: `"real"` or `"imag"`.
        window: the name of a window, such as `"hann"`, an array `(steps,)`, or `None` for neither window nor scale.
        scaling: `"density"` (the root of the window's sum of squares), `"spectrum"` (its sum) or `None`.
        periodic: whether the window goes on periodically.
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in ("real", "imag"):
            raise unknown("side", side, ("real", "imag"))
        if scaling not in ("density", "spectrum", None):
            raise unknown("scaling", scaling, ("density", "spectrum"))
        if isinstance(window, str):
            window_of(window, 1)
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: Shape, dtype: str | None = None) -> jax.Array:
        if len(shape) != 3 or shape[1] != 1:
            raise ValueError(f"STFT makes kernels (steps, 1, frequencies); got the shape {shape}.")
        steps, _, frequencies = shape
        angles = np.outer(np.arange(steps), np.arange(frequencies)) * np.pi / max(frequencies - 1, 1)
        waves = np.cos(angles) if self.side == "real" else -np.sin(angles)
        window = window_of(self.window, steps, self.periodic)
        scales = {"density": np.sqrt(np.sum(window**2)), "spectrum": np.sum(np.abs(window)), None: 1}
        scale = scales[self.scaling] if self.window is not None else 1
        return _array((waves * window[:, None] / scale)[:, None], dtype)


constant = Constant
glorot_normal, glorot_uniform = GlorotNormal, GlorotUniform
he_normal, he_uniform = HeNormal, HeUniform
identity = IdentityInitializer = Identity
lecun_normal, lecun_uniform = LecunNormal, LecunUniform
ones, zeros = Ones, Zeros
orthogonal = OrthogonalInitializer = Orthogonal
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
stft = STFTInitializer = STFT
variance_scaling = VarianceScaling

_ALL = (
    *(Constant, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, LecunNormal, LecunUniform),
    *(Ones, Orthogonal, RandomNormal, RandomUniform, STFT, TruncatedNormal, VarianceScaling, Zeros),
)
_lookup = getter(
    "initializer",
    _ALL,
    {
        "IdentityInitializer": Identity,
        "OrthogonalInitializer": Orthogonal,
        "STFTInitializer": STFT,
        "uniform": RandomUniform,
        "normal": RandomNormal,
        "one": Ones,
        "zero": Zeros,
    },
)
serialize, deserialize = record, deserializer(_lookup)


@shown
def get(identifier: Any) -> Callable[..., Any] | None:
    """An initializer from its name, config, class or object, or from an array of values; `None` stays."""
    if hasattr(identifier, "shape") and hasattr(identifier, "dtype"):
        return Constant(np.asarray(identifier))
    found: Callable[..., Any] | None = _lookup(identifier)
    return found
