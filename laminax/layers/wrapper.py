"""The base of layers around a layer."""

from typing import Any

from .._core import checks
from .layer import Layer, Shape

__all__ = ["Wrapper"]


class Wrapper(Layer):
    """The base of layers that use another layer: subclasses write `call`, which runs `self.layer`.

    Args:
        layer: the layer inside. It is built for the input of the wrapper, unless `build` says otherwise.
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise checks.refused(self, "layer", "must be a Layer", layer)
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Shape = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
