"""Every public initializer, regularizer, constraint and activation keeps the contract of its family."""

import inspect

from contract import check_all_have_samples, parametrize, public_classes
from contract_samples import (
    ABSTRACT_CONSTRAINTS,
    ABSTRACT_INITIALIZERS,
    ABSTRACT_REGULARIZERS,
    ACTIVATIONS,
    CONSTRAINTS,
    INITIALIZERS,
    REGULARIZERS,
)
from contract_small import ACTIVATION_CHECKS, CONSTRAINT_CHECKS, INITIALIZER_CHECKS, REGULARIZER_CHECKS

from laminax import activations, constraints, initializers, ops, regularizers


def test_every_initializer_has_a_sample():
    check_all_have_samples(public_classes(initializers, initializers.Initializer), INITIALIZERS, ABSTRACT_INITIALIZERS)


def test_every_regularizer_has_a_sample():
    check_all_have_samples(public_classes(regularizers, regularizers.Regularizer), REGULARIZERS, ABSTRACT_REGULARIZERS)


def test_every_constraint_has_a_sample():
    check_all_have_samples(public_classes(constraints, constraints.Constraint), CONSTRAINTS, ABSTRACT_CONSTRAINTS)


def test_activations_are_found():
    """By introspection, so none can be forgotten; here only that the search finds them, and that `ops` has them too.

    But for `ops.tanh`, which is NumPy's, and `ops.gelu`, which is the approximation unless told otherwise.
    """
    names = {sample.cls.__name__ for sample in ACTIVATIONS}
    assert {"relu", "softmax", "gelu", "threshold", "sparsemax"} <= names
    assert activations.swish is activations.silu
    shared = [name for name in names if inspect.isfunction(getattr(ops, name, None))]
    assert {"relu", "softmax"} <= {*shared}
    assert {name for name in shared if getattr(ops, name) is not getattr(activations, name)} == {"gelu", "tanh"}


@parametrize(INITIALIZERS, INITIALIZER_CHECKS)
def test_initializer(check, sample):
    check(sample)


@parametrize(REGULARIZERS, REGULARIZER_CHECKS)
def test_regularizer(check, sample):
    check(sample)


@parametrize(CONSTRAINTS, CONSTRAINT_CHECKS)
def test_constraint(check, sample):
    check(sample)


@parametrize(ACTIVATIONS, ACTIVATION_CHECKS)
def test_activation(check, sample):
    check(sample)
