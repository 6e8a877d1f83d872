"""One model, two answers: which grower made a wine, and how much alcohol it holds.

    python examples/multi_output.py

Each output has its own loss. Training makes their mean small, one scalar; the log shows each part and the total.
"""

import laminax as lx
from laminax import layers


def run(verbose="auto"):
    """Train, and give the numbers on the test rows."""
    lx.utils.set_random_seed(0)
    (x_train, grower_train), (x_test, grower_test) = lx.datasets.wine.load_data()
    alcohol_train, alcohol_test = x_train[:, :1], x_test[:, :1]  # the first column is what to tell
    x_train, x_test = x_train[:, 1:], x_test[:, 1:]

    normalization = layers.Normalization()
    normalization.adapt(x_train)

    inputs = lx.Input((12,), name="measures")
    h = layers.Dense(32, activation="relu")(normalization(inputs))
    h = layers.Dropout(0.2)(h) + layers.Dense(32)(h)
    grower = layers.Dense(3, activation="softmax", name="grower")(h)
    middle = lx.initializers.Constant(float(alcohol_train.mean()))  # a good first guess
    alcohol = layers.Dense(1, bias_initializer=middle, name="alcohol")(layers.Concatenate()([h, grower]))
    model = lx.Model(inputs, {"grower": grower, "alcohol": alcohol})

    model.compile(
        optimizer=lx.optimizers.Adam(0.01),
        loss={"grower": "sparse_categorical_crossentropy", "alcohol": "mse"},
        loss_weights={"grower": 1.0, "alcohol": 0.5},
        metrics={"grower": ["accuracy"], "alcohol": ["mae"]},
    )
    model.fit(
        x_train,
        {"grower": grower_train, "alcohol": alcohol_train},
        epochs=60,
        batch_size=16,
        validation_data=(x_test, {"grower": grower_test, "alcohol": alcohol_test}),
        verbose=verbose,
        seed=0,
    )
    return model.evaluate(x_test, {"grower": grower_test, "alcohol": alcohol_test}, verbose=0, return_dict=True)


if __name__ == "__main__":
    for name, value in run(verbose=0).items():
        print(f"{name:16}{value:.4f}")
