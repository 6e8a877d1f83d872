"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import integers, made, normal, uniform

BINS = {"bin_boundaries": [-0.7, 0.0, 0.4, 1.1]}

CASES = [
    ("Rescaling", {"scale": 0.5, "offset": -1.0}, [normal(3, 5)], {}),
    ("Rescaling", {"scale": [0.5, 2.0], "offset": [0.0, 1.0]}, [integers(9, 3, 2)], {}),
    ("Normalization", {"mean": [0.5, -0.5], "variance": [2.0, 0.3]}, [normal(3, 2)], {}),
    ("Normalization", {"mean": 0.5, "variance": 2.0, "axis": None, "invert": True}, [normal(3, 2)], {}),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, [integers(5, 3, 2)], {}),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, [integers(4, 3, 1)], {}),
    ("CategoryEncoding", {"num_tokens": 4}, [integers(4, 3, 5)], {}),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "count"}, [integers(4, 6)], {}),
    (
        "CategoryEncoding",
        {"num_tokens": 4, "output_mode": "count"},
        [integers(4, 3, 5)],
        {"count_weights": uniform(0, 1, 3, 5)},
    ),
    ("Discretization", {**BINS, "output_mode": "one_hot"}, [normal(3, 1)], {}),
    ("Discretization", {**BINS, "output_mode": "multi_hot"}, [normal(2, 3, 4)], {}),
    ("Discretization", {**BINS, "output_mode": "count"}, [normal(3, 5)], {}),
    (
        "Pipeline",
        {"layers": [made("Rescaling", scale=2.0, offset=0.0), made("Rescaling", scale=1.0, offset=3.0)]},
        [normal(2, 3)],
        {},
    ),
]
