"""The same real digits three ways: as vectors through Dense, as sequences through an LSTM, as images through Conv2D.

    python examples/digits.py

Prints a table of parameters, training time and accuracy on digits that were not trained on.
"""

import time

import laminax as lx
from laminax import layers


def dense():
    """A digit is a vector of 64 numbers; a batch is 2D, `(batch, features)`."""
    return lx.Sequential(
        [
            lx.Input((64,)),
            layers.Dense(256, use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Dropout(0.4),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ]
    )


def recurrent():
    """A digit is a sequence of 8 rows of 8 numbers; a batch is 3D, `(batch, steps, features)`."""
    return lx.Sequential(
        [
            lx.Input((8, 8)),
            layers.LSTM(96, dropout=0.1),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ]
    )


def convolutional():
    """A digit is an image with one channel; a batch is 4D, `(batch, height, width, channels)`."""
    model = lx.Sequential([lx.Input((8, 8, 1))])
    for filters, pool in ((32, False), (32, True), (64, True)):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
        if pool:
            model.add(layers.MaxPooling2D())
        model.add(layers.Dropout(0.15))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.4))
    model.add(layers.Dense(10, activation="softmax"))
    return model


# name: (how to make the model, the shape of a digit, epochs, learning rate)
WAYS = {
    "Dense": (dense, (64,), 40, 0.003),
    "LSTM": (recurrent, (8, 8), 50, 0.004),
    "Conv2D": (convolutional, (8, 8, 1), 40, 0.004),
}


def run(verbose=0):
    """Train the three models: `{name: (parameters, seconds, test accuracy)}`."""
    lx.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = lx.datasets.digits.load_data()
    x_train, x_test = x_train / 16, x_test / 16
    results = {}
    for name, (build, shape, epochs, rate) in WAYS.items():
        model = build()
        schedule = lx.optimizers.schedules.CosineDecay(rate, decay_steps=epochs * 45)
        model.compile(lx.optimizers.Adam(schedule), "sparse_categorical_crossentropy", metrics=["accuracy"])
        began = time.perf_counter()
        model.fit(x_train.reshape(-1, *shape), y_train, epochs=epochs, verbose=verbose, seed=1)
        seconds = time.perf_counter() - began
        _, accuracy = model.evaluate(x_test.reshape(-1, *shape), y_test, verbose=0)
        results[name] = model.count_params(), seconds, accuracy
    return results


def main():
    print("1,438 handwritten digits to learn, 359 to test")
    print(f"{'model':8}{'parameters':>12}{'training':>12}{'test accuracy':>16}")
    for name, (parameters, seconds, accuracy) in run().items():
        print(f"{name:8}{parameters:12,}{seconds:10.1f} s{accuracy:16.4f}")


if __name__ == "__main__":
    main()
