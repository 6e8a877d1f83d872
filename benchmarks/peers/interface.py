"""Models trained by `compile` and `fit`: laminax, and Keras on each of its backends."""

import importlib
import os

import numpy as np

from . import DECAY, EPSILON, LAMINAX, RATE


class Peer:
    """The same words for all of them. `compiling` are further arguments of `compile`."""

    def __init__(self, name, workload, **compiling):
        self.workload = workload
        if name != LAMINAX:
            os.environ["KERAS_BACKEND"] = name.removeprefix("keras-")
        lib = importlib.import_module(LAMINAX if name == LAMINAX else "keras")
        self.callback = lib.callbacks.LambdaCallback
        self.to_numpy = np.asarray if name == LAMINAX else lib.ops.convert_to_numpy
        self.model = workload.keras(lib)
        self.model.set_weights(workload.weights())
        optimizer = lib.optimizers.RMSprop(RATE, rho=DECAY, epsilon=EPSILON)
        losses = {"classes": "sparse_categorical_crossentropy", "mse": "mse", "ctc": lib.losses.CTC()}
        self.model.compile(optimizer, losses[workload.loss], **compiling)

    def run(self, x, y, shuffle, after_epoch):
        self._fit(after_epoch, x, y, batch_size=self.workload.batch, shuffle=shuffle)

    def stream(self, batches, steps, after_epoch):
        self._fit(after_epoch, batches, steps_per_epoch=steps)

    def _fit(self, after_epoch, *data, **more):
        def stop(epoch, logs):
            self.model.stop_training = after_epoch(logs["loss"])

        watching = [self.callback(on_epoch_end=stop)]
        self.history = self.model.fit(*data, epochs=10**6, verbose=0, callbacks=watching, **more)

    def requests(self):
        return {
            "predict": lambda x: self.model.predict(x, verbose=0),
            "call": lambda x: self.to_numpy(self.model(x)),
        }

    def describe(self):
        return getattr(self.history, "mode", "")
