"""Programs that train, written for Keras and laminax alike: `k` is the one module or the other.

Each gives numbers by name. `make_training.py` runs them with Keras and stores the numbers.
"""

import jax.numpy as jnp
import numpy as np

N = 22


def arrays(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype("float32")


X, R, C = arrays(N, 4), arrays(N, 1), (np.arange(N) * 7 % 3).astype("int32")
WEIGHTS = np.linspace(0, 2, N).astype("float32")


def started(model):
    """The model with weights that follow from their shapes."""
    model.set_weights([0.4 * arrays(*w.shape, seed=i) + (w == 1) for i, w in enumerate(model.get_weights())])
    return model


def compiled(k, model, optimizer=None, **settings):
    several = len(model.outputs) > 1 and k.__name__ == "laminax"
    settings = {**settings, "combine_losses": "sum"} if several else settings
    started(model).compile(optimizer or k.optimizers.SGD(0.05, momentum=0.5), **settings)
    return model


def chain(k, *layers, **settings):
    return compiled(k, k.Sequential([k.Input((4,)), *layers]), **settings)


def trained(model, *args, **kwargs):
    """The history, and the weights after training."""
    found = model.fit(*args, verbose=0, shuffle=False, **{"batch_size": 8, "epochs": 3, **kwargs}).history
    numbers = {name: list(map(float, values)) for name, values in found.items()}
    return {**numbers, "weights": [float(np.sum(w * (i + 1))) for i, w in enumerate(model.get_weights())]}


def evaluated(model, *args, **kwargs):
    found = model.evaluate(*args, verbose=0, return_dict=True, **kwargs)
    return {f"evaluate_{name}": float(value) for name, value in found.items()}


def short_batch_and_normalization(k):
    model = chain(k, k.layers.Dense(5), k.layers.BatchNormalization(), k.layers.Dense(1), loss="mse", metrics=["mae"])
    return {**trained(model, X, R), **evaluated(model, X, R, batch_size=5)}


def classes(k):
    model = chain(k, k.layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return {**trained(model, X, C), **evaluated(model, X, C)}


def sample_weights(k):
    model = chain(k, k.layers.Dense(1), loss="mse", metrics=["mae"], weighted_metrics=["mse"])
    validation = X[:10], R[:10], WEIGHTS[:10]
    found = trained(model, X, R, sample_weight=WEIGHTS, validation_data=validation)
    return {**found, **evaluated(model, X, R, sample_weight=WEIGHTS)}


def class_weights(k):
    model = chain(k, k.layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy")
    return trained(model, X, C, class_weight={0: 1.0, 1: 0.25, 2: 3.0})


def class_weights_of_one_hot(k):
    model = chain(k, k.layers.Dense(3, "softmax"), loss="categorical_crossentropy")
    return trained(model, X, np.eye(3, dtype="float32")[C], class_weight={0: 1.0, 1: 0.25, 2: 3.0})


def class_and_sample_weights(k):
    model = chain(k, k.layers.Dense(1, "sigmoid"), loss="binary_crossentropy", weighted_metrics=["accuracy"])
    labels = (C > 0).astype("float32")[:, None]
    return trained(model, X, labels, class_weight={0: 2.0, 1: 0.5}) | {
        f"weighted_{name}": value for name, value in trained(model, X, labels, sample_weight=WEIGHTS).items()
    }


def weights_of_steps(k):
    model = compiled(k, k.Sequential([k.Input((6, 4)), k.layers.Dense(2)]), loss="mse")
    return trained(model, arrays(N, 6, 4), arrays(N, 6, 2), sample_weight=np.abs(arrays(N, 6)))


def masked_steps(k):
    model = compiled(
        k, k.Sequential([k.Input((6, 4)), k.layers.Masking(), k.layers.LSTM(3, return_sequences=True)]), loss="mse"
    )
    x = arrays(N, 6, 4) * (np.arange(6)[None, :, None] < (1 + np.arange(N) % 6)[:, None, None])
    return trained(model, x, arrays(N, 6, 3), batch_size=N)


def penalties(k):
    class Added(k.layers.Layer):
        def call(self, x):
            self.add_loss(0.1 * jnp.mean(jnp.square(x)))
            return x

    layers = k.layers.Dense(5, kernel_regularizer="l2", activity_regularizer="l1"), Added(), k.layers.Dense(1)
    model = chain(k, *layers, loss="mse", metrics=["mse"])
    return {**trained(model, X, R, validation_data=(X[:8], R[:8])), **evaluated(model, X[:16], R[:16], batch_size=8)}


def two(k, **settings):
    a, b = k.Input((4,), name="a"), k.Input((2,), name="b")
    h = k.layers.Dense(3, "tanh")(k.layers.Concatenate()([a, b]))
    outputs = [k.layers.Dense(1, name="size")(h), k.layers.Dense(3, "softmax", name="kind")(h)]
    return compiled(k, k.Model([a, b], outputs), **settings)


INPUTS, TARGETS = [X, X[:, :2]], [R, C]


def several_outputs(k):
    model = two(
        k,
        loss={"size": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"size": 0.3, "kind": 2.0},
        metrics={"size": ["mae"], "kind": ["accuracy"]},
    )
    return {**trained(model, INPUTS, TARGETS), **evaluated(model, INPUTS, TARGETS)}


def one_output_without_loss(k):
    model = two(k, loss=[None, "sparse_categorical_crossentropy"])
    return trained(model, INPUTS, TARGETS)


def split(k):
    model = chain(k, k.layers.Dense(1), loss="mse")
    return trained(model, X, R, validation_split=0.3, sample_weight=WEIGHTS)


def some_validations(k):
    model = chain(k, k.layers.Dense(1), loss="mse")
    kwargs = {"validation_data": (X[:9], R[:9]), "validation_batch_size": 4, "validation_steps": 2}
    found = trained(model, X, R, epochs=5, validation_freq=2, **kwargs)
    return {**found, **{f"then_{k}": v for k, v in trained(model, X, R, validation_freq=[1, 3], **kwargs).items()}}


def stream(k):
    model = chain(k, k.layers.Dense(1), loss="mse")

    def batches():
        while True:
            for i in (0, 7, 14):
                yield X[i : i + 7], R[i : i + 7], WEIGHTS[i : i + 7]

    return trained(model, batches(), batch_size=None, steps_per_epoch=4)


def batch_by_batch(k):
    model = chain(k, k.layers.Dense(1), loss="mse", metrics=["mae"])
    losses = []
    for i in range(0, N, 8):
        model.reset_metrics()
        losses.append(list(map(float, model.train_on_batch(X[i : i + 8], R[i : i + 8], WEIGHTS[i : i + 8]))))
    model.reset_metrics()
    return {"losses": losses, "test": list(map(float, model.test_on_batch(X, R)))}


def sum_over_the_batch(k):
    model = chain(k, k.layers.Dense(1), loss=k.losses.MeanSquaredError(reduction="sum"))
    return trained(model, X, R)


def going_on(k):
    model = chain(k, k.layers.Dense(1), loss="mse")
    trained(model, X, R)
    return trained(model, X, R, initial_epoch=3, epochs=5)


def scheduled(k):
    model = chain(k, k.layers.Dense(1), loss="mse")
    return trained(model, X, R, callbacks=[k.callbacks.LearningRateScheduler(lambda epoch, rate: rate / (epoch + 1))])


def hooks(k):
    """The calls of all hooks, as text."""
    calls = []

    class Recorder(k.callbacks.Callback):
        def __init__(self, name):
            super().__init__()
            self.mark = name

    def make(name):
        def hook(self, *args, **kwargs):
            numbers = [str(a) for a in args if isinstance(a, int)]
            calls.append(" ".join([self.mark, name, *numbers]))

        return hook

    for kind in ("train", "test", "predict"):
        for name in (f"{kind}_begin", f"{kind}_end", f"{kind}_batch_begin", f"{kind}_batch_end"):
            setattr(Recorder, f"on_{name}", make(name))
    Recorder.on_epoch_begin, Recorder.on_epoch_end = make("epoch_begin"), make("epoch_end")
    model = chain(k, k.layers.Dense(1), loss="mse")
    both = [Recorder("first"), Recorder("second")]
    model.fit(X, R, batch_size=8, epochs=3, validation_data=(X, R), validation_freq=2, callbacks=both, verbose=0)
    model.evaluate(X, R, batch_size=16, callbacks=[Recorder("evaluate")], verbose=0)
    model.predict(X, batch_size=16, callbacks=[Recorder("predict")], verbose=0)
    return {"calls": calls}


class Scripted:
    """What a callback needs of a model, without the model."""

    def __init__(self, k):
        self.optimizer, self.stop_training, self.metrics, self.weights = k.optimizers.SGD(1.0), False, [], None

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def scripted(k, callback, values):
    """What a callback does when it is told these values of `loss`: the epochs it saw, the rates, the weights kept."""
    model = Scripted(k)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        model.weights = epoch
        callback.on_epoch_end(epoch, {"loss": value})
        rates.append(float(np.asarray(model.optimizer.learning_rate)))
        if model.stop_training:
            break
    callback.on_train_end()
    return {"epochs": len(rates), "rates": rates, "weights": model.weights}


def watching(k):
    rng = np.random.default_rng(5)
    found = {}
    for i in range(60):
        values = np.round(1 + np.cumsum(rng.normal(-0.02, 0.2, 14)), 2).tolist()
        mode, delta = rng.choice(["min", "max"]).item(), rng.choice([0.0, 0.1]).item()
        stopping = k.callbacks.EarlyStopping(
            "loss",
            min_delta=delta,
            patience=rng.integers(0, 4).item(),
            mode=mode,
            baseline=rng.choice([None, 0.9, 1.1]),
            restore_best_weights=rng.choice([True, False]).item(),
            start_from_epoch=rng.integers(0, 4).item(),
        )
        reducing = k.callbacks.ReduceLROnPlateau(
            "loss",
            factor=0.5,
            patience=rng.integers(0, 3).item(),
            mode=mode,
            min_delta=delta,
            cooldown=rng.integers(0, 3).item(),
            min_lr=rng.choice([0.0, 0.2]).item(),
        )
        found[f"stopping{i}"] = scripted(k, stopping, values)
        found[f"reducing{i}"] = scripted(k, reducing, values)
    return found


CASES = [
    short_batch_and_normalization,
    classes,
    sample_weights,
    class_weights,
    class_weights_of_one_hot,
    class_and_sample_weights,
    weights_of_steps,
    masked_steps,
    penalties,
    several_outputs,
    one_output_without_loss,
    split,
    some_validations,
    stream,
    batch_by_batch,
    sum_over_the_batch,
    going_on,
    scheduled,
    hooks,
    watching,
]
