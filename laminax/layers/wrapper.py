"""The base of layers around a layer."""

from typing import Any

from .layer import Layer, Shape

__all__ = ["Wrapper"]


class Wrapper(Layer):
    """The base of layers that use another layer: subclasses write `call`, which runs `self.layer`.

    Args:
        layer: the layer inside. It is built for the input of the wrapper, unless `build` says otherwise.
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(f"{type(self).__name__}: layer must be a Layer; got {layer!r}.")
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Shape = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
