"""Models trained by `compile` and `fit`: laminax, and Keras on each of its backends."""

import importlib
import os

from . import DECAY, EPSILON, LAMINAX, RATE


class Peer:
    """The same words for all of them."""

    def __init__(self, name, workload):
        self.workload = workload
        if name != LAMINAX:
            os.environ["KERAS_BACKEND"] = name.removeprefix("keras-")
        lib = importlib.import_module(LAMINAX if name == LAMINAX else "keras")
        self.callback = lib.callbacks.LambdaCallback
        self.model = workload.keras(lib)
        self.model.set_weights(workload.weights())
        optimizer = lib.optimizers.RMSprop(RATE, rho=DECAY, epsilon=EPSILON)
        self.model.compile(optimizer, "sparse_categorical_crossentropy")

    def run(self, x, y, shuffle, after_epoch):
        def stop(epoch, logs):
            self.model.stop_training = after_epoch(logs["loss"])

        watching = [self.callback(on_epoch_end=stop)]
        self.history = self.model.fit(
            x, y, batch_size=self.workload.batch, epochs=10**6, shuffle=shuffle, verbose=0, callbacks=watching
        )

    def describe(self):
        """How steps were driven, where that is known."""
        return getattr(self.history, "mode", "")
