"""Every touch of a JAX name that has moved, or may move, between versions."""

from typing import Any

import jax
import numpy as np
from jax import export

# Libraries that XLA takes on a CPU: by itself also YNNPACK for convolutions, which Eigen does in half the time.
LIBRARIES = {"xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_REDUCE,LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"}
# Wide vectors: AMD's processors run them at full speed, for steps that are a twentieth faster.
VECTORS = {"xla_cpu_prefer_vector_width": 512}
InconclusiveShape = jax.errors.InconclusiveDimensionOperation


def accepted(options: dict[str, Any]) -> dict[str, Any] | None:
    """What XLA is to be told, if it knows all of these options."""
    try:
        jax.jit(lambda: 0, compiler_options=options).lower().compile()
    except jax.errors.JaxRuntimeError:
        return None
    return options


def is_tracer(x: Any) -> bool:
    """Whether `x` stands for an array in a function that is being traced."""
    return isinstance(x, jax.core.Tracer)


def is_traced() -> bool:
    """Whether what runs now is being traced."""
    return is_tracer(jax.numpy.add(0, 0))


def on_device(x: Any) -> jax.Array:
    """`x` as a JAX array. A NumPy array is moved as it is; making one by `jax.numpy` would compile a program first."""
    if is_tracer(x) or isinstance(x, jax.Array):
        return x
    array = np.asarray(x)
    wanted = canonical(array.dtype)
    return jax.device_put(array if array.dtype == wanted else array.astype(wanted))


def promotes_by_standard() -> bool:
    """Whether arrays of several types meet by JAX's standard rules, which a program may replace by stricter ones."""
    return bool(jax.config.jax_numpy_dtype_promotion == "standard")  # type: ignore[attr-defined]


def canonical(dtype: Any) -> np.dtype:
    """The type that JAX has for a type: of 32 bits in place of 64, unless these are switched on."""
    return jax.dtypes.canonicalize_dtype(dtype)


def copied(x: jax.Array) -> jax.Array:
    """A copy on the same device."""
    return jax.device_put(x, may_alias=False)


def compiler() -> str:
    """The versions of what compiles and runs programs."""
    version = getattr(getattr(jax, "lib", None), "__version__", "")
    return f"jaxlib {version}, {jax.devices()[0].client.platform_version}"


def x64_enabled() -> bool:
    """Whether JAX keeps 64-bit types."""
    return bool(jax.config.read("jax_enable_x64"))


def has_program_cache() -> bool:
    """Whether JAX has a folder for compiled programs."""
    return bool(getattr(jax.config, "jax_compilation_cache_dir", None))


def set_program_cache(folder: str) -> None:
    """Let JAX keep all compiled programs in `folder`."""
    jax.config.update("jax_compilation_cache_dir", folder)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def cudnn_lstm(x: Any, h: Any, c: Any, weights: Any, lengths: Any, features: int, units: int) -> Any:
    """cuDNN's long short-term memory of one layer: its outputs `(batch, steps, units)`, and the last states."""
    from jax.experimental import rnn

    return rnn.lstm(x, h, c, weights, lengths, features, units, 1, 0.0, False)


def free_dimensions(names: list[str], least: int = 2) -> dict[str, Any]:
    """Symbolic dimensions of one scope, each at least 2, so that none broadcasts, or at least 1."""
    if not names:
        return {}
    scope = export.SymbolicScope([f"{name} >= {least}" for name in names])
    return dict(zip(names, export.symbolic_shape(", ".join(names), scope=scope)))


def is_free_dimension(x: Any) -> bool:
    """Whether `x` is a symbolic dimension, or an expression of such."""
    return export.is_symbolic_dim(x)


def serialized(function: Any, given: Any, platforms: tuple[str, ...]) -> bytes:
    """The program of a function of one argument, of these shapes and types, as bytes that JAX reads back."""
    return bytes(export.export(jax.jit(function), platforms=platforms)(given).serialize())
