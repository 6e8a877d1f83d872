"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

CASES = [
    ("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, [normal(3, 5)], {}),
    ("AlphaDropout", {"rate": 0.5}, [normal(3, 5)], {}),
    ("AlphaDropout", {"rate": 0.0}, [normal(3, 5)], {"training": True}),
    ("Dropout", {"rate": 0.5}, [normal(3, 5)], {}),
    ("Dropout", {"rate": 0.0}, [normal(3, 5)], {"training": True}),
    ("GaussianDropout", {"rate": 0.5}, [normal(3, 5)], {}),
    ("GaussianNoise", {"stddev": 0.0}, [normal(3, 5)], {"training": True}),
    ("SpatialDropout1D", {"rate": 0.5}, [normal(3, 5, 2)], {}),
    ("SpatialDropout2D", {"rate": 0.0, "data_format": "channels_first"}, [normal(3, 5, 2, 2)], {"training": True}),
    ("SpatialDropout3D", {"rate": 0.5}, [normal(2, 3, 2, 2, 2)], {}),
]
