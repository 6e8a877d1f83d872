"""Float types: which one a layer computes in, and which one its weights are kept in."""

import functools
from collections.abc import Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import compat, settings
from .config import Configurable, from_data
from .errors import did_you_mean, shown
from .patterns import PatternMap

_MIXED = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}
TYPES = (
    *settings.FLOATS,
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "complex64", "complex128"),
    "string",
)
FLOAT8 = ("float8_e4m3fn", "float8_e5m2")  # of arrays; no layer computes in them
_ALIASES = {"int": "int32", "float": "float32"}
NAMES = (*_MIXED, *TYPES)


class DTypePolicy(Configurable):
    """The float types of a layer.

    `"float32"`, `"bfloat16"`, ...: weights and computation in that type. `"mixed_bfloat16"` and
    `"mixed_float16"`: computation in the short type, weights in float32. `"float64"` needs
    `jax.config.update("jax_enable_x64", True)`.

    Args:
        name: the name of the policy; `None` is the global one.
    """

    def __init__(self, name: str | None = None) -> None:
        if not isinstance(name, str | None):
            raise TypeError(f"DTypePolicy: 'name' must be a string, such as 'mixed_bfloat16'; got {name!r}.")
        self.name: str = dtype_policy().name if name is None else name
        name = _ALIASES.get(self.name, self.name)
        if name not in NAMES:
            raise ValueError(f"Cannot convert {name[:50]!r} to a dtype policy.{did_you_mean(name, NAMES)}")
        self.compute_dtype = checked(_MIXED.get(name, name))
        self.variable_dtype = "float32" if name in _MIXED else self.compute_dtype

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'

    @property
    def quantization_mode(self) -> None:
        """Always `None`: quantization is not part of a policy here."""


FloatDTypePolicy = DTypePolicy


class DTypePolicyMap(PatternMap):
    """Policies by the names of layers, or by patterns of whole names: give it to layers as `dtype`.

    Args:
        default_policy: that of layers whose name is no key and matches none; `None` is the global one.
        policy_map: the policies by name.

    Raises:
        ValueError: when a name matches several patterns.
    """

    def __init__(self, default_policy: Any = None, policy_map: dict[str, Any] | None = None) -> None:
        if not isinstance(policy_map, dict | None):
            raise TypeError(f"If specified, `policy_map` must be a dict. Got {policy_map!r}.")
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("DTypePolicyMap: default_policy must be a policy, not another map.")
        super().__init__()
        self._given_default = None if default_policy is None else get(default_policy)
        self.update(policy_map or {})

    @property
    def default_policy(self) -> DTypePolicy:
        """That of layers whose name is no key and matches none."""
        return self._given_default or dtype_policy()

    default = default_policy

    @property
    def policy_map(self) -> dict[str, DTypePolicy]:
        """The policies by name."""
        return dict(self._entries)

    def checked(self, value: Any) -> DTypePolicy:
        try:
            return get(value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"DTypePolicyMap: Cannot interpret the assigned value. {error}") from None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "default_policy": self._given_default and self._given_default.name}

    def __repr__(self) -> str:
        mapping = [(name, policy.name) for name, policy in self.items()]
        return f"<DTypePolicyMap default_policy={self.default_policy.name}, mapping={mapping}>"


def checked(dtype: str) -> str:
    """`dtype`, or an error that says how to have it."""
    if dtype in ("float64", "int64", "uint64", "complex128") and not compat.x64_enabled():
        if dtype != "float64":
            return dtype
        raise ValueError(
            "float64 is switched off in JAX. Write `jax.config.update('jax_enable_x64', True)` at the start of "
            "the program, or set the environment variable JAX_ENABLE_X64=1."
        )
    return dtype


_policy: DTypePolicy | None = None


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none: the one set, else `floatx()`."""
    return _policy or DTypePolicy(settings.floatx())


@shown
def set_dtype_policy(policy: Any) -> None:
    """Set the policy of layers made from now on; `None`: that of `floatx()` again."""
    global _policy
    if not isinstance(policy, DTypePolicy | str | dict | None):
        raise ValueError(
            f"Invalid `policy` argument {policy!r}: give a name such as 'mixed_bfloat16', or a DTypePolicy."
        )
    _policy = None if policy is None else get(policy)


@shown
def get(identifier: Any) -> Any:
    """A policy from `None`, a name such as `"mixed_bfloat16"`, a type, a config or a policy; a map of them stays."""
    if isinstance(identifier, DTypePolicy | DTypePolicyMap):
        return identifier
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, dict):
        policy = from_data(identifier)
        if not isinstance(policy, (DTypePolicy, PatternMap)):
            raise TypeError(f"The config is not that of a dtype policy: {str(identifier)[:80]}.")
        return policy
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(np.dtype(identifier).name)
    except TypeError:
        raise ValueError(
            f"Cannot interpret `dtype` argument. Give a name such as 'float32', or a policy; got {identifier!r}."
        ) from None


def is_float(x: Any) -> bool:
    """Whether `x` (array, variable or type) is of a float type."""
    return bool(jnp.issubdtype(getattr(x, "dtype", x), jnp.floating))


def at_least_float32(x: Any) -> Any:
    """`x` as float32, or as it is where it is a longer float or complex: for sums that short floats would spoil."""
    long = x.dtype in ("float32", "float64") or jnp.issubdtype(x.dtype, jnp.complexfloating)
    return x if long else x.astype("float32")


def common(dtypes: Iterable[Any]) -> Any:
    """The type in which arrays of these types meet, by JAX's standard rules, whatever rules the program has set."""
    with jax.numpy_dtype_promotion("standard"):
        return functools.reduce(jnp.promote_types, dtypes)


def cast_floats(x: Any, dtype: str) -> Any:
    """An array of floats in another float type; anything else as it is."""
    return x.astype(dtype) if is_float(x) and x.dtype != dtype else x
