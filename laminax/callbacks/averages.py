"""Moving averages of the weights in the place of the weights."""

from typing import Any

from .callback import Callback, Logs


class SwapEMAWeights(Callback):
    """Puts the optimizer's moving averages in the place of the weights for evaluations and predictions, and back again.

    The optimizer must have `use_ema=True`.

    Args:
        swap_on_epoch: also from the end of an epoch to the beginning of the next, so that callbacks after this one,
            such as `ModelCheckpoint`, see the averages.
    """

    remembered = ("_weights",)

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._weights: list[Any] | None = None  # what training goes on with, while averages stand in its place

    def set_model(self, model: Any) -> None:
        """Take the model.

        Raises:
            ValueError: if its optimizer keeps no averages.
        """
        super().set_model(model)
        if not _averaging(model.optimizer):
            raise ValueError(
                "SwapEMAWeights must be used when `use_ema=True` is set on the optimizer (on one at least, of several)."
            )

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._weights = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._put_back()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._put_in()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._put_in()

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._put_back()

    on_predict_begin, on_predict_end = on_test_begin, on_test_end

    def _pairs(self) -> list[tuple[Any, Any]]:
        return [pair for optimizer in _averaging(self.model.optimizer) for pair in optimizer.averages]

    def _put_in(self) -> None:
        if self._weights is None:
            self._weights = [variable.value for variable, _ in self._pairs()]
            for variable, average in self._pairs():
                variable.assign(average.value)

    def _put_back(self) -> None:
        if self._weights is not None:
            for (variable, _), weight in zip(self._pairs(), self._weights):
                variable.assign(weight)
            self._weights = None


def _averaging(optimizer: Any) -> list[Any]:
    """The optimizers that keep averages: itself, or those inside."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return [part for part in getattr(inner, "optimizers", [inner]) if getattr(part, "use_ema", False)]
