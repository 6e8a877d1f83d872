"""Losses of distributions: how improbable the targets are under what the model says."""

from typing import Any

import jax.numpy as jnp

from .._core import context
from .._core.settings import epsilon
from .crossentropy import log_probabilities
from .loss import Array, Formula, align

__all__ = ["KLDivergence", "Poisson", "kl_divergence", "poisson"]


def kl_divergence(y_true: Any, y_pred: Any) -> Array:
    """`sum(y_true * log(y_true / y_pred))` over the last axis; both are clipped to `epsilon .. 1`."""
    logits_known = context.fact(y_pred, "softmax") is not None
    log_p = log_probabilities(y_pred, False) if logits_known else jnp.log(jnp.clip(y_pred, epsilon(), 1))
    y_true, log_p = align(y_true, log_p)
    y_true = jnp.clip(y_true, epsilon(), 1)
    return jnp.sum(y_true * (jnp.log(y_true) - log_p), -1)


def poisson(y_true: Any, y_pred: Any) -> Array:
    """`mean(y_pred - y_true * log(y_pred + epsilon))` over the last axis."""
    y_true, y_pred = align(y_true, y_pred)
    return jnp.mean(y_pred - y_true * jnp.log(y_pred + epsilon()), -1)


class KLDivergence(Formula):
    """`sum(y_true * log(y_true / y_pred))`: what it costs to take the distribution `y_pred` for `y_true`.

    (Kullback & Leibler, 1951.) Cross-entropy less the entropy of the targets; both arrays are probabilities
    `(batch, ..., classes)`. A softmax head is recognised by itself, and its logits are used.
    """

    formula = staticmethod(kl_divergence)
    takes = "alike"


class Poisson(Formula):
    """`mean(y_pred - y_true * log(y_pred))`: for counts; `y_pred`, their mean, is positive (`exp`, `softplus`)."""

    formula = staticmethod(poisson)
    takes = "alike"
