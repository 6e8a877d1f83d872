"""Every public layer keeps the contract of layers."""

from contract import check_all_have_samples, parametrize, public_classes
from contract_layers import CHECKS, ONCE
from samples import ABSTRACT_LAYERS, LAYERS

from laminax import layers


def test_every_layer_has_a_sample():
    check_all_have_samples(public_classes(layers, layers.Layer), LAYERS, ABSTRACT_LAYERS)


@parametrize(LAYERS, CHECKS)
def test_layer(check, sample):
    check(sample)


@parametrize({sample.cls: sample for sample in reversed(LAYERS)}.values(), ONCE)
def test_first_sample(check, sample):
    check(sample)
