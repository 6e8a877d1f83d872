"""Files that Keras wrote, what its models answer, and the programs' own classes in them."""

import functools
import json
import pathlib
import zipfile

import numpy as np

import laminax as lx
from laminax import layers

HERE = pathlib.Path(__file__).parent
register = lx.saving.register_keras_serializable


@register("tests", "Scale")
class Scale(layers.Layer):
    """Weights made in an order that is not that of the alphabet, one of them not trained."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.zeta = self.add_weight(shape=(input_shape[-1],), name="zeta")
        self.count = self.add_weight(shape=(), trainable=False, initializer="ones", name="count")
        self.alpha = self.add_weight(shape=(input_shape[-1],), name="alpha")

    def call(self, x):
        return x * self.zeta * self.factor + self.alpha * self.count


@register("tests", "Block")
class Block(layers.Layer):
    """Layers in lists of lists, in a dict, and in a private attribute."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.outer = [layers.Dense(units), [layers.Dense(units), Scale(2.0)]]
        self.by_name = {"b": layers.Dense(units), "a": layers.LayerNormalization()}
        self._hidden = layers.Dense(units)

    def call(self, x):
        x = self.outer[1][1](self.outer[1][0](self.outer[0](x)))
        return self._hidden(self.by_name["a"](self.by_name["b"](x)))


@register("tests", "Net")
class Net(lx.Model):
    """A model whose attributes stand before and after `layers` in the alphabet."""

    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.zone = layers.Dense(units, "tanh")
        self.block = Block(units)
        self.emb = layers.Dense(units)
        self.norm = layers.BatchNormalization()
        self.out = [layers.Dense(units), layers.Dense(2)]

    def call(self, x):
        x = self.norm(self.block(self.emb(self.zone(x))))
        return self.out[1](self.out[0](x))


@register("tests", "double")
def double(x):
    return 2 * x


def names(ending=".keras"):
    """The names of the files, without their ending."""
    with zipfile.ZipFile(HERE / "files.zip") as files:
        return sorted(name.removesuffix(ending) for name in files.namelist() if name.endswith(ending))


def unpack(folder):
    """Put the files into a folder."""
    with zipfile.ZipFile(HERE / "files.zip") as files:
        for name in files.namelist():
            (folder / name).write_bytes(files.read(name))
    return folder


@functools.cache
def answers():
    """Inputs and outputs by name."""
    return dict(np.load(HERE / "answers.npz"))


def numbered(prefix):
    """The arrays `prefix0`, `prefix1`, ..."""
    found = []
    while (array := answers().get(f"{prefix}{len(found)}")) is not None:
        found.append(array.view("bfloat16") if array.dtype.kind == "V" else array)
    return found


def config_of(path):
    """The config in a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))
