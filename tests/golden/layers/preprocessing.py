"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

CASES = [
    ("Rescaling", {"scale": 0.5, "offset": -1.0}, [normal(3, 5)], {}),
    ("Normalization", {"mean": [0.5, -0.5], "variance": [2.0, 0.3]}, [normal(3, 2)], {}),
    ("Normalization", {"mean": 0.5, "variance": 2.0, "axis": None, "invert": True}, [normal(3, 2)], {}),
]
