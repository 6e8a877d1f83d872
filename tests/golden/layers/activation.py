"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import MASK, normal

CASES = [
    ("Activation", {"activation": "tanh"}, [normal(3, 5)], {}),
    ("ReLU", {}, [normal(3, 5)], {}),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.3}, [normal(3, 5)], {}),
    ("Softmax", {}, [normal(3, 5)], {}),
    ("Softmax", {"axis": 1}, [normal(3, 5, 2)], {}),
    ("Softmax", {}, [normal(3, 5)], {"mask": MASK}),
]
