"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import MASK, normal

CASES = [
    ("BatchNormalization", {}, [normal(6, 5)], {}),
    ("BatchNormalization", {}, [normal(6, 5) * 3 + 1], {"training": True}),
    ("BatchNormalization", {"axis": 1, "center": False}, [normal(4, 3, 5)], {"training": True}),
    ("BatchNormalization", {"scale": False, "momentum": 0.5, "epsilon": 0.1}, [normal(2, 3, 3, 5)], {"training": True}),
    ("BatchNormalization", {}, [normal(3, 5, 2)], {"training": True, "mask": MASK}),
    ("BatchNormalization", {"renorm": True}, [normal(6, 5) * 3 + 1], {"training": True}),
    (
        "BatchNormalization",
        {"renorm": True, "renorm_clipping": {"rmin": 0.5, "rmax": 1.5, "dmax": 0.2}, "renorm_momentum": 0.5},
        [normal(6, 5) * 3 + 1],
        {"training": True},
    ),
    ("GroupNormalization", {"groups": 2}, [normal(2, 3, 5, 6)], {}),
    ("GroupNormalization", {"groups": 3, "axis": 1, "center": False}, [normal(2, 6, 4)], {}),
    ("GroupNormalization", {"groups": -1, "axis": -2, "epsilon": 0.1, "scale": False}, [normal(2, 3, 4, 5)], {}),
    ("GroupNormalization", {"groups": 1}, [normal(3, 6)], {}),
    ("LayerNormalization", {}, [normal(3, 5)], {}),
    ("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5}, [normal(3, 5, 2)], {}),
    ("LayerNormalization", {"center": False}, [normal(3, 5, 2)], {}),
    ("LayerNormalization", {"scale": False, "axis": 1}, [normal(3, 5, 2)], {}),
    ("LayerNormalization", {"rms_scaling": True, "axis": [-1, -2]}, [normal(3, 5, 2)], {}),
    ("RMSNormalization", {}, [normal(3, 5)], {}),
    ("RMSNormalization", {"axis": [1, 2], "epsilon": 0.1}, [normal(3, 5, 2)], {}),
    ("UnitNormalization", {}, [normal(3, 5)], {}),
    ("UnitNormalization", {"axis": [1, 2]}, [normal(3, 5, 2)], {}),
]
