"""The cases of `test_objective.py`: an end of a model, a loss, targets, and what is said of them.

A row is `(name, end, loss, targets, words)`, with metrics where they matter. `words`, parted by `; `, begin with
`error` or `warning`; `""` stands for a sound program, of which nothing is said. `and a warning` is one more line.
"""

import numpy as np

import laminax as lx
from laminax import layers, losses, metrics

N = 64
rng = np.random.default_rng(3)
X = rng.normal(size=(N, 4)).astype("float32")
C3 = np.arange(N) * 7 % 3
C2 = np.arange(N) * 5 % 2
HOT = np.eye(3, dtype="float32")[C3]
MANY = np.stack([C2, np.roll(C2, 1), C3 > 0], 1).astype("float32")
R = rng.normal(size=(N, 1)).astype("float32")
R3 = rng.normal(size=(N, 3)).astype("float32")
COUNT = np.arange(N) * 11 % 7
SHARE = (np.arange(N) % 10 / 9).astype("float32")
SOFT = np.exp(R3) / np.exp(R3).sum(1, keepdims=True)
SPARSE, HOTLY, YES = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"


class Own(lx.Model):
    """One layer, in a class of the user's own."""

    def __init__(self, units, activation):
        super().__init__()
        self.end = layers.Dense(units, activation)

    def call(self, x):
        return self.end(x)


def put(y, place, value):
    """A float copy with another number in one place."""
    y = np.array(y, "float32")
    y[place] = value
    return y


def logits(loss, **kwargs):
    """An object of a loss that takes logits."""
    return lambda: getattr(losses, loss)(from_logits=True, **kwargs)


def of(name, **kwargs):
    """A new object of a metric for each model."""
    return lambda: [getattr(metrics, name)(**kwargs)]


CASES = [
    # 1, 2: labels out of range
    ("label 7", (3, "softmax"), SPARSE, put(C3, 12, 7), "error; y[12] = 7; 3 classes (0..2); 7 + 1 units"),
    ("label -1", (3, "softmax"), SPARSE, put(C3, 5, -1), "error; y[5] = -1; (0..2); ignore_class=-1"),
    ("labels from 1", (3, "softmax"), SPARSE, C3 + 1, "error; = 3; subtract 1"),
    ("labels of logits", (3, None), logits("SparseCategoricalCrossentropy"), C3 + 1, "error; = 3; subtract 1"),
    ("generalized", (3, "softmax"), losses.CategoricalGeneralizedCrossEntropy, C3 + 1, "error; subtract 1"),
    ("labels", (3, "softmax"), SPARSE, C3, ""),
    ("labels in a column", (3, "softmax"), SPARSE, C3[:, None], ""),
    ("labels as logits", (3, None), logits("SparseCategoricalCrossentropy"), C3, ""),
    ("ignored label", (3, None), logits("SparseCategoricalCrossentropy", ignore_class=-1), put(C3, 5, -1), ""),
    # 3: labels of other types
    ("label 1.5", (3, "softmax"), SPARSE, put(C3, 5, 1.5), "error; y[5] = 1.5; Give integers"),
    ("label nan", (3, "softmax"), SPARSE, put(C3, 5, np.nan), "error; y[5] = nan; Fill it in"),
    ("text", (3, "softmax"), SPARSE, np.array(["a", "b"] * 32), "error; numpy.unique"),
    ("boolean labels", (2, "softmax"), SPARSE, C2 > 0, ""),
    ("boolean answers", (1, "sigmoid"), YES, C2 > 0, ""),
    ("whole floats", (3, "softmax"), SPARSE, C3.astype("float32"), ""),
    # 4: one-hot against integers
    ("one-hot to sparse", (3, "softmax"), SPARSE, HOT, "error; one-hot; 'categorical_crossentropy'"),
    ("integers to categorical", (3, "softmax"), HOTLY, C3, "error; integer classes; 'sparse_categorical_crossentropy'"),
    ("column to categorical", (3, "softmax"), HOTLY, C3[:, None], "error; 'sparse_categorical_crossentropy'"),
    ("one-hot", (3, "softmax"), HOTLY, HOT, ""),
    ("soft labels", (3, "softmax"), HOTLY, SOFT, ""),
    # 5: logits and probabilities
    ("linear yes", (1, None), YES, C2, "error; takes probabilities; activation='sigmoid'; BinaryCrossentropy(from_log"),
    ("linear classes", (3, None), SPARSE, C3, "error; without activation; 'softmax'; from_logits=True"),
    ("linear one-hot", (3, None), HOTLY, HOT, "error; activation='softmax'; CategoricalCrossentropy(from_logits=True)"),
    ("linear focal", (1, None), "binary_focal_crossentropy", C2, "error; takes probabilities; BinaryFocal"),
    ("softmax as logits of yes", (3, "softmax"), logits("BinaryCrossentropy"), MANY, "error; takes logits; a softmax"),
    ("sigmoid as logits", (3, "sigmoid"), logits("CategoricalCrossentropy"), HOT, "error; takes logits; a sigmoid"),
    ("sigmoid of classes", (3, "sigmoid"), HOTLY, HOT, "warning; one is right; activation='softmax'"),
    ("sigmoid of labels", (3, "sigmoid"), SPARSE, C3, "warning; one is right; activation='softmax'"),
    ("tanh", (1, "tanh"), YES, C2, "warning; takes probabilities; 'tanh'; 'sigmoid'"),
    ("relu of classes", (3, "relu"), SPARSE, C3, "warning; takes probabilities; 'relu'; 'softmax'"),
    ("sigmoid logits", (1, "sigmoid"), logits("BinaryCrossentropy"), C2, ""),
    ("softmax logits", (3, "softmax"), logits("CategoricalCrossentropy"), HOT, ""),
    ("logits of yes", (1, None), logits("BinaryCrossentropy"), C2, ""),
    ("focal", (1, "sigmoid"), "binary_focal_crossentropy", C2, ""),
    ("own end", (3, lambda x: x / 3), SPARSE, C3, ""),
    # 6: one unit
    ("softmax of 1", (1, "softmax"), YES, C2, "error; 1 unit with a softmax; always 1; 'sigmoid'"),
    ("softmax of 1, mse", (1, "softmax"), "mse", R, "error; always 1"),
    ("categorical of 1", (1, "sigmoid"), HOTLY, C2[:, None], "error; on 1 unit is always 0; 'binary_crossentropy'"),
    ("sparse of 1", (1, "sigmoid"), SPARSE, C2, "error; on 1 unit is always 0; 'binary_crossentropy'"),
    ("yes", (1, "sigmoid"), YES, C2, ""),
    ("yes in a column", (1, "sigmoid"), YES, C2[:, None], ""),
    # 7: several labels at once
    ("several in a softmax", (3, "softmax"), HOTLY, MANY, "error; ones; several labels; 'sigmoid'"),
    ("several of yes", (3, "softmax"), YES, MANY, "error; ones; 'sigmoid'; and a warning"),
    ("one-hot yes", (3, "softmax"), YES, HOT, "warning; sum to 1; 'categorical_crossentropy'"),
    ("several", (3, "sigmoid"), YES, MANY, ""),
    ("several logits", (3, None), logits("BinaryCrossentropy"), MANY, ""),
    ("rewards", (3, "softmax"), HOTLY, HOT * R * 3, ""),
    # 8: numbers on a softmax
    ("mse on a softmax", (3, "softmax"), "mse", HOT, "warning; softmax; 'categorical_crossentropy'"),
    ("mae on a softmax", (3, "softmax"), "mae", HOT, "warning; softmax; 'categorical_crossentropy'"),
    ("mse", (3, None), "mse", R3, ""),
    ("share by mse", (1, "sigmoid"), "mse", SHARE, ""),
    ("share by yes", (1, "sigmoid"), YES, SHARE, ""),
    # 9: shapes
    ("(n, 1) for 3", (3, None), "mse", R, "error; (n, 1); (n, 3); 1 unit"),
    ("(n, 3) for 1", (1, None), "mse", R3, "error; (n, 3); (n, 1); 3 units"),
    ("(n,) for 3", (3, "sigmoid"), YES, C2, "error; (n,); (n, 3)"),
    ("(n,) for 1", (1, None), "mse", R[:, 0], ""),
    ("no targets", (1, None), "mse", None, "error; is missing; 'mean_squared_error'"),
    # 10: metrics that mean something else
    ("accuracy of numbers", (1, None), "mse", R, "error; 'accuracy'; metrics=['mae']", ["accuracy"]),
    ("exact equality", (3, "softmax"), SPARSE, C3, "warning; exactly; ['accuracy']", of("Accuracy")),
    ("one-hot metric", (3, "softmax"), SPARSE, C3, "error; one-hot; ['accuracy']", ["categorical_accuracy"]),
    ("sparse metric", (3, "softmax"), HOTLY, HOT, "error; takes integers", ["sparse_categorical_accuracy"]),
    (
        "top k",
        (3, "softmax"),
        SPARSE,
        C3,
        "error; SparseTopKCategoricalAccuracy(k=2)",
        of("TopKCategoricalAccuracy", k=2),
    ),
    ("yes of classes", (3, "softmax"), HOTLY, HOT, "warning; a yes or no of its own", ["binary_accuracy"]),
    (
        "half of logits",
        (1, None),
        logits("BinaryCrossentropy"),
        C2,
        "warning; above 0.5; threshold=0.0",
        ["binary_accuracy"],
    ),
    ("auc of logits", (1, None), logits("BinaryCrossentropy"), C2, "error; AUC(from_logits=True)", of("AUC")),
    ("precision of logits", (1, None), logits("BinaryCrossentropy"), C2, "error; thresholds in 0..1", of("Precision")),
    ("accuracy", (3, "softmax"), SPARSE, C3, "", ["accuracy"]),
    ("accuracy of several", (3, "sigmoid"), YES, MANY, "", ["accuracy"]),
    ("zero of logits", (1, None), logits("BinaryCrossentropy"), C2, "", of("BinaryAccuracy", threshold=0.0)),
    ("auc", (1, "sigmoid"), YES, C2, "", of("AUC")),
    ("auc from logits", (1, None), logits("BinaryCrossentropy"), C2, "", of("AUC", from_logits=True)),
    ("recall from logits", (1, None), logits("BinaryCrossentropy"), C2, "", of("Recall", thresholds=0.0)),
    ("mae", (1, None), "mse", R, "", ["mae"]),
    # 12: numbers in targets
    ("nan target", (1, None), "mse", put(R, 9, np.nan), "error; y[9, 0] = nan; isfinite"),
    ("infinite target", (3, None), "mae", put(R3, (4, 2), np.inf), "error; y[4, 2] = inf; isfinite"),
    ("nan share", (1, "sigmoid"), YES, put(C2, 3, np.nan), "error; y[3] = nan"),
    ("signs to yes", (1, "sigmoid"), YES, C2 * 2 - 1, "error; = -1; 0..1; (y + 1) / 2"),
    ("classes to yes", (1, "sigmoid"), YES, C3, "error; = 2; 0..1; 'sparse_categorical_crossentropy'"),
    ("yes from 1", (1, "sigmoid"), YES, C2 + 1, "error; = 2; subtract 1"),
    ("numbers to yes", (1, "sigmoid"), YES, R[:, 0], "error; 0..1; loss='mse'"),
    ("beyond a sigmoid", (1, "sigmoid"), "mse", R * 5, "warning; can't be reached; 0..1"),
    ("beyond a tanh", (1, "tanh"), "mae", R * 5, "warning; can't be reached; -1..1"),
    ("below a relu", (1, "relu"), "mse", R, "warning; can't be reached; 0 or above"),
    ("above 0 on a relu", (1, "relu"), "mse", abs(R), ""),
    ("within a tanh", (1, "tanh"), "mse", np.tanh(R), ""),
    ("constant", (1, None), "mse", np.full((N, 1), 2.5, "float32"), "warning; All of y is 2.5"),
    # other losses
    ("negative counts", (1, "exponential"), "poisson", COUNT - 1, "error; = -1; counts from 0"),
    ("linear counts", (1, None), "poisson", COUNT, "warning; rates above 0; 'exponential'"),
    ("counts", (1, "softplus"), "poisson", COUNT, ""),
    ("hinge of classes", (1, None), "hinge", C3, "error; = 2; -1 and 1"),
    ("hinge on a sigmoid", (1, "sigmoid"), "hinge", C2, "warning; beyond -1 and 1; 'binary_crossentropy'"),
    ("hinge", (1, None), "hinge", C2 * 2 - 1, ""),
    ("hinge on a tanh", (1, "tanh"), "squared_hinge", C2, ""),
    ("linear shares", (3, None), "kl_divergence", SOFT, "warning; distributions; 'softmax'"),
    ("negative shares", (3, "softmax"), "kl_divergence", R3, "error; 0..1; sum to 1"),
    ("shares", (3, "softmax"), "kl_divergence", SOFT, ""),
    ("own loss", (3, None), lambda: lambda y, p: abs(y - p), R3, ""),
]
