"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import MASK, normal

CASES = [
    ("Activation", {"activation": "tanh"}, [normal(3, 5)], {}),
    ("ReLU", {}, [normal(3, 5)], {}),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.3}, [normal(3, 5)], {}),
    ("Softmax", {}, [normal(3, 5)], {}),
    ("Softmax", {"axis": 1}, [normal(3, 5, 2)], {}),
    ("Softmax", {}, [normal(3, 5)], {"mask": MASK}),
    ("Softmax", {"axis": [1, 2]}, [normal(3, 5, 2)], {"mask": MASK[..., None]}),
    ("Softmax", {"axis": [-1]}, [normal(2, 3, 5)], {"mask": MASK.astype("float32")}),
    ("ELU", {}, [normal(3, 5)], {}),
    ("ELU", {"alpha": 0.3}, [normal(3, 5)], {}),
    ("LeakyReLU", {}, [normal(3, 5)], {}),
    ("LeakyReLU", {"negative_slope": 0.1}, [normal(3, 5)], {}),
    ("PReLU", {}, [normal(3, 5)], {}),
    ("PReLU", {"shared_axes": [1, 2]}, [normal(3, 4, 5, 2)], {}),
    ("PReLU", {"shared_axes": 2}, [normal(3, 4, 2)], {}),
]
