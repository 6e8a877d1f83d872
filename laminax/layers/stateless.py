"""The pure face of layers and models: values in, values out."""

from collections.abc import Mapping
from typing import Any

from .._core import pure
from .._core.errors import did_you_mean
from .._core.holder import Holder, partition, variables
from .._core.variable import Variable, holding, read

Array = Any


class Stateless(Holder):
    """What lets a layer be used as a pure function of its variables' values."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def state(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """`(params, extras)`: the values of what the gradient moves and of all other variables, by path."""
        params, extras = partition(self)
        return read(params), read(extras)

    def set_state(self, params: Mapping[str, Array], extras: Mapping[str, Array] = {}) -> None:
        """Put values by path into the variables."""
        known = variables(self)
        for path, value in {**params, **extras}.items():
            if path not in known:
                raise ValueError(f"{self.name!r} has no variable {path!r}.{did_you_mean(path, known)}")
            known[path].assign(value)

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run on given values, pure: `(outputs, new non-trainable values)`, and the losses if asked.

        The values are lists in the order of `trainable_variables` and `non_trainable_variables`,
        or dicts by path; what comes back has the same form.
        """
        params, extras = partition(self)
        given = _by_path(params, trainable_variables), _by_path(extras, non_trainable_variables)
        training = kwargs.pop("training", None)
        outputs, new, losses = pure.apply(self, *given, *args, training=training, **kwargs)
        values = new if isinstance(non_trainable_variables, Mapping) else list(new.values())
        if return_losses:
            with holding(params, given[0]):
                return outputs, values, [*losses, *penalties(self)]
        return outputs, values


def penalties(layer: Holder) -> list[Any]:
    """What the regularizers of the trainable weights add to the loss."""
    active = partition(layer)[0].values()
    return [v.regularizer(v.value) for v in active if v.regularizer is not None]


def _array(value: Any) -> Any:
    return value.value if isinstance(value, Variable) else value


def _by_path(cells: Mapping[str, Variable], values: Any) -> dict[str, Any]:
    if isinstance(values, Mapping):
        return {path: _array(value) for path, value in values.items()}
    values = [_array(value) for value in values]
    if len(values) != len(cells):
        raise ValueError(f"Expected {len(cells)} values, for {', '.join(cells)}; got {len(values)}.")
    return dict(zip(cells, values))
