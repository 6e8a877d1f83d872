"""A residual network with batch normalization (He et al., 2015): three stages of 16, 32 and 64 filters.

The images are 33 x 33: at odd sizes all libraries pad a convolution of stride 2 alike.
"""

from .workload import CLASSES, Start, Workload

SIZE, CHANNELS, FILTERS = 33, 3, (16, 32, 64)
MOMENTUM, EPSILON = 0.99, 1e-3


def inputs(rng, count):
    return rng.random((count, SIZE, SIZE, CHANNELS), "float32")


def keras(lib):
    layers = lib.layers

    def convolve(x, filters, window, stride=1):
        x = layers.Conv2D(filters, window, stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON)(x)

    def block(x, filters, stride):
        y = layers.Activation("relu")(convolve(x, filters, 3, stride))
        y = convolve(y, filters, 3)
        shortcut = x if stride == 1 else convolve(x, filters, 1, stride)
        return layers.Activation("relu")(layers.Add()([y, shortcut]))

    images = lib.Input((SIZE, SIZE, CHANNELS))
    x = layers.Activation("relu")(convolve(images, FILTERS[0], 3))
    for i, filters in enumerate(FILTERS):
        x = block(x, filters, 1 if i == 0 else 2)
    x = layers.GlobalAveragePooling2D()(x)
    return lib.Model(images, layers.Dense(CLASSES, activation="softmax")(x))


def shapes():
    """In the order of the layers: those as far from the output stand side by side, the shortcut's first."""
    found = [*_convolution(3, CHANNELS, FILTERS[0])]
    before = FILTERS[0]
    for i, filters in enumerate(FILTERS):
        found += _convolution(3, before, filters)
        second, shortcut = _convolution(3, filters, filters), _convolution(1, before, filters)
        found += [second[0], shortcut[0], *second[1:], *shortcut[1:]] if i else second
        before = filters
    return [*found, (before, CLASSES), (CLASSES,)]


def _convolution(window, channels, filters):
    """A kernel; scale, offset, running mean and running variance of what it gives."""
    running = [Start((filters,), value, trained=False) for value in (0.0, 1.0)]
    return [(window, window, channels, filters), Start((filters,), 1.0), (filters,), *running]


def torch(weights):
    """Channels last, which is the faster layout on a CPU."""
    import torch
    from torch import nn

    from ..peers.torch_by_hand import put

    def convolution(channels, filters, window, stride=1):
        return nn.Conv2d(channels, filters, window, stride, padding=window // 2, bias=False)

    def norm(filters):
        return nn.BatchNorm2d(filters, eps=EPSILON, momentum=1 - MOMENTUM)

    class Block(nn.Module):
        def __init__(self, before, filters, stride):
            super().__init__()
            self.first, self.norm1 = convolution(before, filters, 3, stride), norm(filters)
            self.second = convolution(filters, filters, 3)
            self.shortcut = None if stride == 1 else convolution(before, filters, 1, stride)
            self.norm2 = norm(filters)
            self.norm3 = None if stride == 1 else norm(filters)

        def forward(self, x):
            y = self.norm2(self.second(torch.relu(self.norm1(self.first(x)))))
            shortcut = x if self.shortcut is None else self.norm3(self.shortcut(x))
            return torch.relu(y + shortcut)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.norm = convolution(CHANNELS, FILTERS[0], 3), norm(FILTERS[0])
            pairs = zip((FILTERS[0], *FILTERS), FILTERS)
            self.blocks = nn.ModuleList([Block(b, f, 1 if i == 0 else 2) for i, (b, f) in enumerate(pairs)])
            self.head = nn.Linear(FILTERS[-1], CLASSES)

        def forward(self, x):
            x = torch.relu(self.norm(self.stem(x.permute(0, 3, 1, 2))))
            for block in self.blocks:
                x = block(x)
            return self.head(x.mean((2, 3)))

    net = Net()
    trained, _ = WORKLOAD.split(weights)
    put(net.parameters(), [w.transpose(3, 2, 0, 1) if w.ndim == 4 else w.T for w in trained])
    return net.to(memory_format=torch.channels_last)


def jax(trained, running, x):
    import jax
    import jax.numpy as jnp

    trained, running, moved = iter(trained), iter(running), []

    def normalize(x, scale, offset):
        mean, variance = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
        for value in (mean, variance):
            moved.append(next(running) * MOMENTUM + jax.lax.stop_gradient(value) * (1 - MOMENTUM))
        factor = jax.lax.rsqrt(variance + EPSILON) * scale
        return x * factor + (offset - mean * factor)

    def layer(x, stride=1):
        return normalize(_convolve(x, next(trained), stride), next(trained), next(trained))

    def block(x, stride):
        y = jax.nn.relu(layer(x, stride))
        if stride == 1:
            return jax.nn.relu(layer(y) + x)
        y, shortcut = _convolve(y, next(trained), 1), _convolve(x, next(trained), stride)
        y = normalize(y, next(trained), next(trained))
        return jax.nn.relu(y + normalize(shortcut, next(trained), next(trained)))

    x = jax.nn.relu(layer(x))
    for i in range(len(FILTERS)):
        x = block(x, 1 if i == 0 else 2)
    return jnp.mean(x, (1, 2)) @ next(trained) + next(trained), moved


def _convolve(x, kernel, stride):
    """`lax.conv`, which is the faster form for these sizes, and faster outside of a loop than within."""
    import jax

    if len(kernel) == 1:
        return x[:, ::stride, ::stride] @ kernel[0, 0]
    return jax.lax.conv_general_dilated(x, kernel, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


WORKLOAD = Workload(
    name="resnet",
    title="Residual network",
    batch=64,
    steps=20,
    inputs=inputs,
    shapes=shapes(),
    keras=keras,
    torch=torch,
    jax=jax,
    jax_fused=False,
)
