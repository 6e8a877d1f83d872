"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

CASES = [
    ("Dropout", {"rate": 0.5}, [normal(3, 5)], {}),
    ("Dropout", {"rate": 0.0}, [normal(3, 5)], {"training": True}),
]
