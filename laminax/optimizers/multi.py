"""Several optimizers, each for some of the variables."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from .._core.patterns import PatternMap
from .._core.variable import Variable
from .loss_scale import LossScaleOptimizer
from .optimizer import Array, Optimizer, Values


class OptimizerMap(PatternMap):
    """Optimizers by the paths of variables, such as `dense/kernel`, or by patterns of whole paths: `dense/.*`.

    Args:
        default_optimizer: that of variables whose path is no key and matches none.
        optimizer_map: the optimizers by path.

    Raises:
        ValueError: when a path matches several patterns.
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"OptimizerMap: default_optimizer must be an Optimizer; got {default_optimizer!r}.")
        if not isinstance(optimizer_map, dict | None):
            raise TypeError(f"OptimizerMap: optimizer_map must be a dictionary; got {optimizer_map!r}.")
        super().__init__()
        self.default_optimizer = default_optimizer
        self.update(optimizer_map or {})

    @property
    def default(self) -> Optimizer:
        return self.default_optimizer

    @property
    def optimizer_map(self) -> dict[str, Optimizer]:
        """The optimizers by path."""
        return self._entries

    def checked(self, value: Any) -> Optimizer:
        if not isinstance(value, Optimizer):
            raise ValueError(f"OptimizerMap: a value must be an Optimizer; got {value!r}.")
        if isinstance(value, (LossScaleOptimizer, MultiOptimizer)):
            raise ValueError(f"OptimizerMap: an optimizer cannot be {type(value).__name__}. Put that around the whole.")
        return value

    def __call__(self, variable: Any) -> Optimizer:
        """The optimizer of a variable."""
        return self[variable.path]


class MultiOptimizer(Optimizer):
    """Moves each variable by an optimizer of its own.

    Args:
        optimizer_map: an `OptimizerMap`, a function `variable -> optimizer`, or one optimizer for all.
        loss_scale_factor: takes the place of those of the optimizers.
        name: a name.

    Attributes:
        optimizers: all optimizers; each has its own learning rate and count of steps.
    """

    has_rate = False

    def __init__(
        self,
        optimizer_map: OptimizerMap | Optimizer | Callable[[Any], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        self.optimizers: list[Optimizer] = []
        super().__init__(loss_scale_factor=loss_scale_factor, name=name)
        if not isinstance(optimizer_map, Optimizer) and not callable(optimizer_map):
            raise TypeError(f"MultiOptimizer: optimizer_map must be an OptimizerMap; got {optimizer_map!r}.")
        self.optimizer_map = OptimizerMap(optimizer_map) if isinstance(optimizer_map, Optimizer) else optimizer_map
        self._places: dict[str, int] = {}  # of each path among the optimizers
        if isinstance(self.optimizer_map, OptimizerMap):
            for optimizer in (*self.optimizer_map.values(), self.optimizer_map.default_optimizer):
                self._place(optimizer)

    def _place(self, optimizer: Optimizer) -> int:
        for i, known in enumerate(self.optimizers):
            if known is optimizer:
                return i
        optimizer.loss_scale_factor = self.loss_scale_factor
        self.optimizers.append(optimizer)
        return len(self.optimizers) - 1

    def _groups(self, params: Mapping[str, Any]) -> list[tuple[str, Optimizer, dict[str, Any]]]:
        """`(prefix of its keys, optimizer, its part of the parameters)`, in the order of `optimizers`."""
        for path in params:
            if path not in self._places:
                self._places[path] = self._place(self._chosen(path))
        groups = {
            place: {p: v for p, v in params.items() if self._places[p] == place} for place in self._places.values()
        }
        return [(f"{place}/", self.optimizers[place], group) for place, group in sorted(groups.items()) if group]

    def _chosen(self, path: str) -> Optimizer:
        chosen = self.optimizer_map(self._params.get(path, SimpleNamespace(path=path, name=path.split("/")[-1])))
        if not isinstance(chosen, Optimizer):
            raise ValueError(f"MultiOptimizer: optimizer_map must give an Optimizer for {path}; it gave {chosen!r}.")
        if isinstance(chosen, (LossScaleOptimizer, MultiOptimizer)):
            raise ValueError(f"{type(chosen).__name__} cannot be used inside an MultiOptimizer.")
        return chosen

    @property
    def loss_scale_factor(self) -> float | None:
        """Gradients are those of the loss times this. It is that of all optimizers, too."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = value
        for optimizer in self.optimizers:
            optimizer.loss_scale_factor = value

    @property
    def _cells(self) -> dict[str, Variable]:
        inner = {f"{i}/{key}": v for i, part in enumerate(self.optimizers) for key, v in part._cells.items()}
        return {**self._own, **inner}

    def fresh(self, params: Mapping[str, Array]) -> Values:
        return {f"{at}{key}": v for at, part, group in self._groups(params) for key, v in part.fresh(group).items()}

    def advance(self, state: Values, grads: Mapping[str, Array], params: Mapping[str, Array]) -> tuple[Values, Values]:
        moved, new = {}, {**state, "iterations": state["iterations"] + 1}
        for at, part, group in self._groups(params):
            values, inner = part.advance(_inside(state, at), {path: grads[path] for path in group}, group)
            moved.update(values)
            new.update({f"{at}{key}": value for key, value in inner.items()})
        return {path: moved[path] for path in params}, new

    def ahead(self, params: Mapping[str, Array], state: Values) -> Values:
        found = [part.ahead(group, _inside(state, at)) for at, part, group in self._groups(params)]
        return {path: value for values in found for path, value in values.items()}

    def settled(self, params: Mapping[str, Array], state: Values) -> Values:
        found = [part.settled(group, _inside(state, at)) for at, part, group in self._groups(params)]
        return {path: value for values in found for path, value in values.items()}

    def _adopt(self, new: Mapping[str, Variable]) -> None:
        self._params.update(new)
        for _, part, group in self._groups(new):
            part._adopt(group)

    def _rename(self, params: Mapping[str, Variable]) -> None:
        paths = {id(v): path for path, v in params.items()}
        renamed = {path: paths.get(id(v), path) for path, v in self._params.items()}
        variables = {renamed[path]: v for path, v in self._params.items()}
        self._params.clear()
        self._params.update(variables)
        self._places = {renamed.get(path, path): place for path, place in self._places.items()}
        for part in self.optimizers:
            part._rename(params)

    @property
    def rated(self) -> dict[str, Optimizer]:
        found: dict[str, Optimizer] = {}
        for part in self.optimizers:
            name, n = f"learning_rate_{part.name}", 1
            while name in found:
                name, n = f"learning_rate_{part.name}_{n}", n + 1
            found[name] = part
        return found

    @property
    def schedules(self) -> tuple[Any, ...]:
        return tuple(schedule for part in self.optimizers for schedule in part.schedules)

    @property
    def learning_rate(self) -> Any:
        """Each of the optimizers has its own."""
        raise AttributeError("A MultiOptimizer has no learning rate: each of its `optimizers` has one.")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError("A MultiOptimizer has no learning rate: set that of each of its `optimizers`.")

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """That of all optimizers."""
        for part in self.optimizers:
            part.exclude_from_weight_decay(var_list, var_names)

    def finalize_variable_values(self, var_list: Any = None) -> None:
        """That of all optimizers."""
        for part in self.optimizers:
            part.finalize_variable_values(var_list)

    @property
    def _var_to_optimizer_idx(self) -> dict[int, int]:
        return {id(v): self._places[path] for path, v in self._params.items()}


def _inside(state: Values, prefix: str) -> Values:
    """The state of one of the optimizers."""
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
