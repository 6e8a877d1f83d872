"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

CASES = [
    ("Conv2D", {"filters": 4, "kernel_size": 3}, [normal(2, 7, 6, 3)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": [3, 2], "strides": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2, "activation": "relu"}, [normal(2, 7, 6, 4)], {}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 3, "padding": "same"}, [normal(2, 8, 8, 3)], {}),
    ("Conv2D", {"filters": 2, "kernel_size": 1, "use_bias": False}, [normal(2, 7, 6, 3)], {}),
]
