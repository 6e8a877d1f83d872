"""Optimizers and schedules whose numbers are compared: what is made of Keras's classes, and of the package's own."""

import numpy as np

STEPS = 20
SHAPES = {"dense/kernel": (4, 3), "dense/bias": (3,), "conv/kernel": (2, 2, 3)}

# Every common argument is switched on once; those that exclude one another stand apart.
COMMON = [
    {},
    {"weight_decay": 0.02, "clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.9},
    {"clipvalue": 0.3, "gradient_accumulation_steps": 3, "loss_scale_factor": 8.0},
    {
        "global_clipnorm": 1.0,
        "weight_decay": 0.1,
        "exclude": ["bias"],
        "use_ema": True,
        "ema_overwrite_frequency": 3,
        "gradient_accumulation_steps": 2,
    },
]
OWN = {
    "Adadelta": [{"learning_rate": 1.0}, {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4}],
    "Adafactor": [
        {"learning_rate": 0.2},
        {"learning_rate": 0.02, "relative_step": False, "clip_threshold": 0.5, "beta_2_decay": -0.6, "epsilon_2": 0.1},
    ],
    "Adagrad": [{"learning_rate": 0.1}, {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 1e-3}],
    "Adam": [{"learning_rate": 0.02}, {"learning_rate": 0.02, "amsgrad": True, "beta_2": 0.8}],
    "AdamW": [{"learning_rate": 0.02}],
    "Adamax": [{"learning_rate": 0.02}, {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3}],
    "Ftrl": [
        {"learning_rate": 0.1},
        {"learning_rate": 0.1, "l1_regularization_strength": 0.3, "l2_regularization_strength": 0.1, "beta": 0.2},
        {"learning_rate": 0.1, "learning_rate_power": -0.7, "l2_shrinkage_regularization_strength": 0.1},
    ],
    "Lamb": [{"learning_rate": 0.02}, {"learning_rate": 0.02, "beta_1": 0.7, "epsilon": 1e-3}],
    "Lion": [{"learning_rate": 0.01}, {"learning_rate": 0.01, "beta_1": 0.6, "beta_2": 0.8}],
    "Muon": [
        {"learning_rate": 0.02},
        {"learning_rate": 0.02, "exclude_layers": ["^dense"], "adam_lr_ratio": 0.3, "adam_weight_decay": 0.1},
        {"learning_rate": 0.02, "nesterov": False, "rms_rate": None, "ns_steps": 3, "momentum": 0.8},
    ],
    "Nadam": [{"learning_rate": 0.02}, {"learning_rate": 0.02, "beta_1": 0.7, "epsilon": 1e-3}],
    "RMSprop": [{"learning_rate": 0.02}, {"learning_rate": 0.02, "centered": True, "momentum": 0.5, "rho": 0.7}],
    "SGD": [{"learning_rate": 0.05}, {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}],
    "ScheduleFreeAdamW": [{"learning_rate": 0.05}, {"learning_rate": 0.05, "warmup_steps": 6, "beta_1": 0.6}],
}
CASES = {name: [{**owns[0], **common} for common in COMMON] + owns[1:] for name, owns in OWN.items()}

# In `fit`: `(optimizer, arguments, schedule of its rate, patterns of what does not decay)`.
FITS = [
    ("Adam", {"use_ema": True, "ema_momentum": 0.8, "gradient_accumulation_steps": 2}, None, []),
    (
        "AdamW",
        {"clipnorm": 0.3, "weight_decay": 0.1},
        ("ExponentialDecay", {"initial_learning_rate": 0.05, "decay_steps": 5, "decay_rate": 0.7}),
        ["bias"],
    ),
    ("LossScaleOptimizer", {"initial_scale": 2.0**10, "dynamic_growth_steps": 7}, None, []),
]

SCHEDULES = [
    ("CosineDecay", {"initial_learning_rate": 0.5, "decay_steps": 30, "alpha": 0.1}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "warmup_target": 0.5, "warmup_steps": 7}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.5, "first_decay_steps": 5, "alpha": 0.1, "m_mul": 0.8}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.5, "first_decay_steps": 7, "t_mul": 1.5}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.5, "first_decay_steps": 9, "t_mul": 1.0, "m_mul": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.5, "decay_steps": 5, "decay_rate": 0.7}),
    ("ExponentialDecay", {"initial_learning_rate": 0.5, "decay_steps": 5, "decay_rate": 0.7, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.5, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [3, 9, 20], "values": [0.5, 0.2, 0.1, 0.01]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.5, "decay_steps": 30, "end_learning_rate": 0.01, "power": 2.0}),
    ("PolynomialDecay", {"initial_learning_rate": 0.5, "decay_steps": 8, "power": 0.5, "cycle": True}),
]
RATES = range(0, 50)  # the steps at which schedules are asked


def start():
    """The parameters before the first step."""
    rng = np.random.default_rng(20261125)
    return {path: rng.normal(size=shape).astype("float32") for path, shape in SHAPES.items()}


def gradients():
    """Made-up gradients of all steps, `(steps, ...)` by path."""
    rng = np.random.default_rng(20261126)
    return {path: rng.normal(size=(STEPS, *shape)).astype("float32") for path, shape in SHAPES.items()}


def fitted(k, name, arguments, schedule, exclude):
    """`(weights, losses)` of a small model after two epochs, with the classes of `k`."""
    rate = {"learning_rate": getattr(k.optimizers.schedules, schedule[0])(**schedule[1])} if schedule else {}
    inner = {"inner_optimizer": k.optimizers.SGD(0.05, momentum=0.9)} if name == "LossScaleOptimizer" else rate
    optimizer = getattr(k.optimizers, name)(**inner, **arguments)
    optimizer.exclude_from_weight_decay(var_names=exclude)
    rng = np.random.default_rng(20261127)
    hidden = k.layers.Dense(5, activation="tanh", use_bias=False, kernel_regularizer=k.regularizers.L2(0.1))
    inner = [hidden, k.layers.BatchNormalization(), k.layers.Dense(3, activation="softmax")]
    model = k.Sequential([k.Input((6,)), *inner])
    model.set_weights([w * 0 + rng.normal(size=w.shape) / 3 + (i == 4) for i, w in enumerate(model.get_weights())])
    model.compile(optimizer, "sparse_categorical_crossentropy")
    x, y = rng.normal(size=(80, 6)).astype("float32"), rng.integers(0, 3, 80).astype("int32")
    history = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    return model.get_weights(), history.history["loss"]
