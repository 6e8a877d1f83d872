"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

CASES = [
    ("Flatten", {}, [normal(3, 5, 2)], {}),
    ("Flatten", {"data_format": "channels_first"}, [normal(3, 5, 2, 4)], {}),
    ("Reshape", {"target_shape": [2, -1]}, [normal(3, 4, 5)], {}),
]
