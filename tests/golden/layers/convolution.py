"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

STEPS, IMAGES, VOLUMES = (2, 7, 3), (2, 7, 6, 3), (2, 4, 5, 4, 2)
FIRST = {"data_format": "channels_first"}


def case(name, shape=IMAGES, **arguments):
    return name, arguments, [normal(*shape)], {}


def transposed(name, shape=IMAGES, **arguments):
    """Windows of all relations to the strides."""
    return case(f"Conv{name}Transpose", shape, **{"filters": 4, "kernel_size": 3, **arguments})


CASES = [
    case("Conv2D", filters=4, kernel_size=3),
    case("Conv2D", filters=4, kernel_size=[3, 2], strides=2, padding="same"),
    case("Conv2D", filters=4, kernel_size=3, dilation_rate=2, padding="same"),
    case("Conv2D", (2, 7, 6, 4), filters=4, kernel_size=3, groups=2, activation="relu"),
    case("Conv2D", (2, 8, 8, 3), filters=4, kernel_size=3, strides=3, padding="same"),
    case("Conv2D", filters=2, kernel_size=1, use_bias=False),
    case("Conv2D", (2, 7, 6, 3), filters=6, kernel_size=2, groups=3),
    case("Conv1D", STEPS, filters=4, kernel_size=3),
    case("Conv1D", STEPS, filters=4, kernel_size=3, padding="causal", strides=2),
    case("Conv1D", STEPS, filters=4, kernel_size=2, padding="causal", dilation_rate=3),
    case("Conv1D", (2, 7, 4), filters=4, kernel_size=2, groups=2, padding="same", activation="tanh"),
    case("Conv3D", VOLUMES, filters=3, kernel_size=2),
    case("Conv3D", VOLUMES, filters=4, kernel_size=[1, 3, 2], strides=[1, 2, 1], padding="same", groups=2),
    transposed("1D", STEPS),
    transposed("1D", STEPS, strides=2, padding="same"),
    transposed("1D", STEPS, strides=2, output_padding=1),
    transposed("1D", STEPS, kernel_size=2, strides=4),
    transposed("1D", STEPS, kernel_size=4, strides=3, padding="same", output_padding=0),
    transposed("1D", STEPS, kernel_size=5, strides=2, padding="same"),
    transposed("2D", strides=[2, 1], padding="same", activation="relu"),
    transposed("2D", kernel_size=[2, 3], dilation_rate=2),
    transposed("2D", kernel_size=2, dilation_rate=[2, 1], padding="same", use_bias=False),
    transposed("2D", kernel_size=[4, 2], strides=[2, 3], padding="same", output_padding=1),
    transposed("3D", VOLUMES, filters=3, strides=2, padding="same"),
    transposed("3D", VOLUMES, kernel_size=2, strides=[1, 2, 1]),
    case("DepthwiseConv1D", STEPS, kernel_size=3),
    case("DepthwiseConv1D", STEPS, kernel_size=2, strides=2, padding="same", depth_multiplier=2, activation="relu"),
    case("DepthwiseConv2D", kernel_size=3, padding="same"),
    case("DepthwiseConv2D", kernel_size=[3, 2], strides=2, depth_multiplier=3),
    case("DepthwiseConv2D", kernel_size=2, dilation_rate=2, use_bias=False),
    case("SeparableConv1D", STEPS, filters=4, kernel_size=3),
    case("SeparableConv1D", STEPS, filters=4, kernel_size=2, dilation_rate=2, depth_multiplier=2, padding="same"),
    case("SeparableConv2D", filters=4, kernel_size=3, strides=2, padding="same", activation="relu"),
    case("SeparableConv2D", filters=4, kernel_size=[2, 3], depth_multiplier=2, use_bias=False),
    case("Conv2D", (2, 3, 7, 6), filters=4, kernel_size=3, **FIRST),
    case("DepthwiseConv2D", (2, 3, 7, 6), kernel_size=3, depth_multiplier=2, **FIRST),
    case("SeparableConv1D", (2, 3, 7), filters=4, kernel_size=3, **FIRST),
    transposed("2D", (2, 3, 4, 5), strides=2, **FIRST),
]
