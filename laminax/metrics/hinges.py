"""Hinge losses over an epoch."""

from ..losses.hinge import categorical_hinge, hinge, squared_hinge
from .mean import FormulaMean

__all__ = ["CategoricalHinge", "Hinge", "SquaredHinge"]


class Hinge(FormulaMean):
    """The mean of `max(1 - y_true * y_pred, 0)`, for targets -1 and 1, or 0 and 1."""

    direction = "down"
    formula = staticmethod(hinge)


class SquaredHinge(FormulaMean):
    """The mean of `max(1 - y_true * y_pred, 0) ** 2`, for targets -1 and 1, or 0 and 1."""

    direction = "down"
    formula = staticmethod(squared_hinge)


class CategoricalHinge(FormulaMean):
    """The mean of `max(best of the others - the true one + 1, 0)`, for one-hot targets."""

    direction = "down"
    formula = staticmethod(categorical_hinge)
