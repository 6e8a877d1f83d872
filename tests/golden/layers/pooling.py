"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import MASK, normal

CASES = [
    ("MaxPooling2D", {}, [normal(2, 7, 6, 3)], {}),
    ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("MaxPooling2D", {"pool_size": [2, 1], "strides": [1, 2]}, [normal(2, 7, 6, 3)], {}),
    ("AveragePooling2D", {"pool_size": 2}, [normal(2, 7, 6, 3)], {}),
    ("AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, [normal(2, 7, 6, 3)], {}),
    ("GlobalAveragePooling2D", {}, [normal(2, 7, 6, 3)], {}),
    ("GlobalAveragePooling2D", {"data_format": "channels_first", "keepdims": True}, [normal(2, 7, 6, 3)], {}),
    ("GlobalAveragePooling1D", {}, [normal(3, 5, 2)], {}),
    ("GlobalAveragePooling1D", {"keepdims": True}, [normal(3, 5, 2)], {"mask": MASK}),
]
