"""Models that Keras makes, each with inputs: what `make.py` saves."""

import keras
import numpy as np
from keras import Input, Model, Sequential, layers, ops

RNG = np.random.default_rng(20261124)
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def integers(high, *shape):
    return RNG.integers(0, high, shape).astype("int32")


# Graphs.


@case
def chain():
    x = Input((4,), name="x")
    y = layers.Dense(3, activation="softmax", name="head")(layers.Dense(5, activation="relu")(x))
    return Model(x, y, name="chain"), normal(3, 4)


@case
def several_inputs_and_outputs():
    a, b = Input((3,), name="a"), Input((4,), name="b")
    joined = layers.Concatenate()([layers.Dense(4)(a), b])
    hidden = layers.Dense(6, activation="tanh")(joined)
    outputs = [layers.Dense(1, name="price")(hidden), layers.Dense(3, activation="softmax", name="kind")(hidden)]
    return Model([a, b], outputs), [normal(3, 3), normal(3, 4)]


@case
def dicts():
    inputs = {"left": Input((3,), name="left"), "right": Input((3,), name="right")}
    both = layers.Add()([layers.Dense(3)(inputs["left"]), layers.Dense(3)(inputs["right"])])
    outputs = {"sum": both, "double": layers.Dense(2)(both)}
    return Model(inputs, outputs), {"left": normal(2, 3), "right": normal(2, 3)}


@case
def shared():
    a, b = Input((4,)), Input((4,))
    dense = layers.Dense(4, activation="relu", name="twice")
    first, second = dense(a), dense(b)
    return Model([a, b], layers.Subtract()([dense(first), second])), [normal(3, 4), normal(3, 4)]


@case
def nested():
    inner_in = Input((4,))
    inner = Model(inner_in, layers.Dense(4, activation="relu")(layers.Dense(3)(inner_in)), name="inner")
    x = Input((4,))
    chain = Sequential([layers.Dense(4), layers.BatchNormalization()], name="chain")
    y = chain(layers.add([inner(x), x]))
    return Model(x, layers.Dense(2)(inner(y)), name="outer"), normal(3, 4)


@case
def nested_twice():
    a = Input((3,))
    core = Model(a, [layers.Dense(3)(a), layers.Dense(2)(a)], name="core")
    b = Input((3,))
    middle = Model(b, core(core(b)[0]), name="middle")
    c, d = Input((3,)), Input((3,))
    first, second = middle(c), middle(d)
    return Model([c, d], [layers.add([first[0], second[0]]), second[1]]), [normal(2, 3), normal(2, 3)]


@case
def operators():
    x = Input((4, 6))
    y = x * 2.0 + 1.0 - x / 3.0
    y = (2.0 - y) ** 2
    y = -abs(y) % 1.5
    y = y[:, 1:3] + y[:, -1, None, ...]
    y = 1.0 / (y + 3.0) // 0.01
    return Model(x, layers.Dense(2)(y @ ops.transpose(y, (0, 2, 1)))), normal(2, 4, 6)


@case
def operations():
    x = Input((4, 6))
    y = ops.concatenate([ops.relu(x), ops.exp(x * 0.1)], axis=-1)
    y = ops.reshape(y, (-1, 4, 3, 4))
    y = ops.sum(y, axis=2) + ops.max(y, axis=2, keepdims=False)
    y = ops.where(y > 0.5, ops.sqrt(ops.absolute(y)), ops.zeros_like(y))
    y = ops.einsum("bij,bkj->bik", y, y)
    y = ops.softmax(y, axis=-1) + ops.gelu(y) + ops.leaky_relu(y, negative_slope=0.3)
    y = ops.stack([y, ops.clip(y, -1.0, 1.0), ops.maximum(y, 0.2)], axis=1)
    y = ops.take(y, [2, 0], axis=1)
    parts = ops.split(y, 2, axis=-1)
    y = ops.expand_dims(parts[0] * ops.cast(parts[1] < 1.0, "float32"), -1)
    y = ops.squeeze(ops.mean(y, axis=(1, 2)), -1)
    y = ops.logsumexp(ops.tile(y, (1, 2)), axis=-1, keepdims=True)
    return Model(x, [y, ops.top_k(ops.mean(x, 1), 2)[0]]), normal(2, 4, 6)


@case
def residual():
    x = Input((6, 6, 3))
    y = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    y = layers.Activation("relu")(layers.BatchNormalization()(y))
    z = layers.Conv2D(4, 3, padding="same")(y)
    y = layers.LayerNormalization()(y + z)
    return Model(x, layers.Dense(3)(layers.GlobalAveragePooling2D()(y))), normal(2, 6, 6, 3)


@case
def masked_text():
    x = Input((5,), dtype="int32")
    y = layers.Embedding(7, 4, mask_zero=True)(x)
    y = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(y)
    return Model(x, layers.GRU(2)(y)), integers(7, 3, 5)


@case
def encoder_and_decoder():
    source, target = Input((4, 3)), Input((5, 3))
    _, h, c = layers.LSTM(3, return_state=True)(source)
    y = layers.LSTM(3, return_sequences=True)(target, initial_state=[h, c])
    y = layers.MultiHeadAttention(2, 2)(query=y, value=source, use_causal_mask=False)
    y = layers.Dropout(0.5)(y, training=False)
    return Model([source, target], layers.TimeDistributed(layers.Dense(2))(y)), [normal(2, 4, 3), normal(2, 5, 3)]


@case
def frozen():
    x = Input((4,))
    stem = layers.Dense(4, name="stem")
    stem.trainable = False
    model = Model(x, layers.Dense(1)(layers.BatchNormalization(trainable=False)(stem(x))))
    model.compile("adam", "mse")
    model.fit(normal(8, 4), normal(8, 1), verbose=0)
    return model, normal(3, 4)


@case
def single_lists():
    x = Input((3,))
    return Model([x], [layers.Dense(2)(x)]), normal(2, 3)


# Chains.


@case
def sequential():
    return Sequential(
        [Input((4,)), layers.Dense(3, "relu", name="first"), layers.Dropout(0.2, seed=3), layers.Dense(2)], name="s"
    ), normal(3, 4)


@case
def sequential_without_input():
    model = Sequential([layers.Dense(3, "relu"), layers.Dense(2)])
    model(normal(2, 4))
    return model, normal(3, 4)


@case
def sequential_nested():
    inner = Sequential([layers.Dense(3), Sequential([layers.Dense(3, "tanh"), layers.Dense(4)])])
    return Sequential([Input((4,)), inner, layers.Flatten(), layers.Dense(2)]), normal(3, 4)


@case
def initializers_and_rules():
    i, r, c = keras.initializers, keras.regularizers, keras.constraints
    kernels = [i.Constant(0.3), i.TruncatedNormal(0.0, 0.2, seed=3), i.VarianceScaling(2.0, "fan_out", "uniform"),
               i.Orthogonal(0.5), i.HeUniform(seed=1), i.LecunNormal(), i.Identity(),
               i.GlorotNormal(), "ones"]  # fmt: skip
    rules = [r.L1(0.1), r.L2(0.2), r.L1L2(0.1, 0.2), r.OrthogonalRegularizer(0.01), None, "l2", "l1", None, None]
    limits = [c.MaxNorm(1.5), c.UnitNorm(), c.MinMaxNorm(0.1, 1.0), c.NonNeg(), None, None, "non_neg", None, None]
    return Sequential(
        [
            Input((4,)),
            *(
                layers.Dense(4, kernel_initializer=k, kernel_regularizer=rule, kernel_constraint=limit)
                for k, rule, limit in zip(kernels, rules, limits)
            ),
        ]
    ), normal(2, 4)


def of_type(dtype):
    x = Input((4,))
    y = layers.LayerNormalization(dtype=dtype)(layers.Dense(5, "relu", dtype=dtype)(x))
    return Model(x, layers.Dense(2, dtype=dtype)(y)), normal(3, 4)


for name in ("bfloat16", "float16", "mixed_bfloat16", "mixed_float16"):
    CASES[f"dtype_{name}"] = lambda name=name: of_type(name)


# Classes of the program's own.


@keras.saving.register_keras_serializable("tests", "Scale")
class Scale(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.zeta = self.add_weight(shape=(input_shape[-1],), name="zeta")
        self.count = self.add_weight(shape=(), trainable=False, initializer="ones", name="count")
        self.alpha = self.add_weight(shape=(input_shape[-1],), name="alpha")

    def call(self, x):
        return x * self.zeta * self.factor + self.alpha * self.count

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@keras.saving.register_keras_serializable("tests", "Block")
class Block(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.outer = [layers.Dense(units), [layers.Dense(units), Scale(2.0)]]
        self.by_name = {"b": layers.Dense(units), "a": layers.LayerNormalization()}
        self._hidden = layers.Dense(units)

    def call(self, x):
        x = self.outer[1][1](self.outer[1][0](self.outer[0](x)))
        return self._hidden(self.by_name["a"](self.by_name["b"](x)))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("tests", "Net")
class Net(Model):
    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.zone = layers.Dense(units, "tanh")
        self.block = Block(units)
        self.emb = layers.Dense(units)
        self.norm = layers.BatchNormalization()
        self.out = [layers.Dense(units), layers.Dense(2)]

    def call(self, x):
        x = self.norm(self.block(self.emb(self.zone(x))))
        return self.out[1](self.out[0](x))

    def get_config(self):
        return {"units": self.units, "name": self.name}


@keras.saving.register_keras_serializable("tests", "double")
def double(x):
    return 2 * x


@case
def custom_layers():
    x = Input((4,))
    y = Block(4)(Scale(0.5)(x))
    return Model(x, layers.Dense(2, activation=double)(layers.Lambda(double)(y))), normal(3, 4)


@case
def subclass():
    model = Net(4)
    model(normal(2, 4))
    return model, normal(3, 4)


@case
def subclass_trained():
    model = Net(3)
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.fit(normal(8, 4), normal(8, 2), verbose=0)
    return model, normal(3, 4)


# Training: losses, metrics, optimizers.


def small():
    return Sequential([Input((3,)), layers.Dense(4, "tanh"), layers.Dense(2, "softmax")])


def trained(optimizer, loss="sparse_categorical_crossentropy", steps=3, **more):
    model = small()
    model.compile(optimizer, loss, **more)
    for _ in range(steps):
        model.train_on_batch(normal(8, 3), integers(2, 8))
    return model, normal(4, 3)


@case
def compiled():
    return trained(
        keras.optimizers.Adam(0.003, clipnorm=2.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=False, reduction="sum"),
        metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top")],
        weighted_metrics=["sparse_categorical_crossentropy"],
        steps_per_execution=2,
    )


@case
def compiled_outputs():
    a, b = Input((3,), name="a"), Input((4,), name="b")
    hidden = layers.Dense(5)(layers.Concatenate()([a, b]))
    outputs = {"one": layers.Dense(1, name="one")(hidden), "two": layers.Dense(2, name="two")(hidden)}
    model = Model([a, b], outputs)
    model.compile(
        "sgd", {"one": "mse", "two": keras.losses.Huber(0.7)}, loss_weights={"one": 0.3, "two": 2.0},
        metrics={"one": ["mae", "mse"], "two": []},
    )  # fmt: skip
    model.train_on_batch([normal(4, 3), normal(4, 4)], {"one": normal(4, 1), "two": normal(4, 2)})
    return model, [normal(4, 3), normal(4, 4)]


def optimizers():
    o, s = keras.optimizers, keras.optimizers.schedules
    yield "sgd", lambda: o.SGD(0.1)
    yield "sgd_momentum", lambda: o.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01)
    yield "rmsprop", lambda: o.RMSprop(0.01)
    yield "rmsprop_centered", lambda: o.RMSprop(0.01, momentum=0.5, centered=True)
    yield "adam", lambda: o.Adam(0.01)
    yield "adam_amsgrad", lambda: o.Adam(0.01, amsgrad=True)
    yield "adam_average", lambda: o.Adam(0.01, use_ema=True, ema_momentum=0.8)
    yield "adam_accumulated", lambda: o.Adam(0.01, gradient_accumulation_steps=2)
    yield "adamw", lambda: o.AdamW(0.01, weight_decay=0.1)
    yield "adamax", lambda: o.Adamax(0.01)
    yield "nadam", lambda: o.Nadam(0.01)
    yield "adadelta", lambda: o.Adadelta(0.5)
    yield "adagrad", lambda: o.Adagrad(0.05)
    yield "adafactor", lambda: o.Adafactor(0.01)
    yield "ftrl", lambda: o.Ftrl(0.05)
    yield "lamb", lambda: o.Lamb(0.01)
    yield "lion", lambda: o.Lion(0.01)
    yield "muon", lambda: o.Muon(0.01)
    yield "schedule_free", lambda: o.ScheduleFreeAdamW(0.01, warmup_steps=2)
    yield "loss_scale", lambda: o.LossScaleOptimizer(o.Adam(0.01), initial_scale=1024.0)
    yield "cosine", lambda: o.SGD(s.CosineDecay(0.1, 10, warmup_target=0.2, warmup_steps=2), momentum=0.5)
    yield "exponential", lambda: o.Adam(s.ExponentialDecay(0.1, 5, 0.9, staircase=True))
    yield "piecewise", lambda: o.SGD(s.PiecewiseConstantDecay([2, 5], [0.1, 0.05, 0.01]))
    yield "restarts", lambda: o.SGD(s.CosineDecayRestarts(0.1, 4))
    yield "polynomial", lambda: o.SGD(s.PolynomialDecay(0.1, 10, 0.01, power=2.0))
    yield "inverse_time", lambda: o.SGD(s.InverseTimeDecay(0.1, 4, 0.5))


for name, make in optimizers():
    CASES[f"optimizer_{name}"] = lambda make=make: trained(make())
