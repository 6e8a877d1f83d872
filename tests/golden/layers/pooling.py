"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import MASK, normal

STEPS, IMAGES, VOLUMES = (3, 5, 2), (2, 7, 6, 3), (2, 4, 5, 4, 2)
FIRST = {"data_format": "channels_first"}


def case(name, shape=IMAGES, call=None, **arguments):
    return name, arguments, [normal(*shape)], call or {}


CASES = [
    case("MaxPooling2D"),
    case("MaxPooling2D", pool_size=3, strides=2, padding="same"),
    case("MaxPooling2D", pool_size=[2, 1], strides=[1, 2]),
    case("AveragePooling2D", pool_size=2),
    case("AveragePooling2D", pool_size=3, strides=2, padding="same"),
    case("GlobalAveragePooling2D"),
    case("GlobalAveragePooling2D", data_format="channels_first", keepdims=True),
    case("GlobalAveragePooling1D", STEPS),
    case("GlobalAveragePooling1D", STEPS, {"mask": MASK}, keepdims=True),
    case("MaxPooling1D", STEPS),
    case("MaxPooling1D", STEPS, pool_size=3, strides=1, padding="same"),
    case("MaxPooling1D", (2, 2, 40), pool_size=35, strides=2, padding="same", **FIRST),
    case("MaxPooling3D", VOLUMES, pool_size=2),
    case("MaxPooling3D", VOLUMES, pool_size=[1, 3, 2], strides=2, padding="same"),
    case("AveragePooling1D", STEPS, pool_size=2, strides=1, padding="same"),
    case("AveragePooling1D", (2, 2, 40), pool_size=35, strides=2, padding="same", **FIRST),
    case("AveragePooling3D", VOLUMES, pool_size=2),
    case("AveragePooling3D", VOLUMES, pool_size=[1, 3, 2], strides=2, padding="same"),
    case("GlobalAveragePooling1D", (3, 2, 5), {"mask": MASK}, **FIRST),
    case("GlobalAveragePooling3D", VOLUMES),
    case("GlobalMaxPooling1D", STEPS),
    case("GlobalMaxPooling1D", STEPS, keepdims=True, **FIRST),
    case("GlobalMaxPooling2D", keepdims=True),
    case("GlobalMaxPooling3D", VOLUMES),
    case("AdaptiveAveragePooling1D", STEPS, output_size=3),
    case("AdaptiveAveragePooling1D", (2, 3, 4), output_size=7, **FIRST),
    case("AdaptiveAveragePooling2D", output_size=[4, 3]),
    case("AdaptiveAveragePooling3D", VOLUMES, output_size=[2, 3, 3]),
    case("AdaptiveMaxPooling1D", STEPS, output_size=3),
    case("AdaptiveMaxPooling2D", (2, 3, 7, 6), output_size=[4, 2], **FIRST),
    case("AdaptiveMaxPooling3D", VOLUMES, output_size=[2, 3, 3]),
]
