"""What can be trained: the methods by which models are compiled, trained, evaluated and asked."""

import numbers
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .. import losses, metrics, optimizers
from .._core import checks
from .._core.errors import named_arguments
from ..callbacks import History
from ..data.sources import Sample
from ..layers.layer import Layer
from ..metrics import Metric
from ..objective.crossentropy import NAMES as CROSSENTROPY
from ..objective.report import Report
from ..objective.suggest import AUTO
from . import explain, loop
from .binding import Settings
from .compile_config import compile_arguments, compile_config, in_words, warn_of_own_compile
from .prediction import predict, predict_iter
from .step import Batch
from .trainer import Trainer

Array = Any


class Trainable(Layer):
    """A layer with `compile`, `fit`, `evaluate` and `predict`."""

    _trainer: Trainer
    optimizer: Any = None
    history: History | None = None
    stop_training = False

    @named_arguments
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        combine_losses: str = "mean",
        weighted_mean: bool = False,
        on_nonfinite: str = "raise",
    ) -> None:
        """Choose how to train.

        The total that training makes small is one scalar: the mean over the outputs of weight times
        loss, plus the penalties of regularizers and `add_loss`.

        Args:
            optimizer: an optimizer, its name, or an optax transformation.
            loss: a loss, its name, or a function `(y_true, y_pred)`; for several outputs one for
                all, a list by place, or a dict by name, with `None` for an output without a loss.
                `"crossentropy"` is chosen by head and targets, and `"auto"` is whatever fits them
                (`laminax.objective.suggest`): `fit` prints what was chosen, `model.loss` holds it afterwards.
            loss_weights: numbers by output, in a list or dict.
            metrics: metrics, names or functions, in a list; by output in a list of lists or a dict. `"accuracy"` is
                chosen by loss, head and targets, `"auto"` is what fits them.
            weighted_metrics: metrics that heed sample weights, likewise.
            run_eagerly: run step by step without compiling, for a debugger.
            steps_per_execution: steps in a launch; 1 lets the loop choose.
            jit_compile: `False` is the same as `run_eagerly=True`.
            auto_scale_loss: under `mixed_float16`, scale the loss as `LossScaleOptimizer` does.
            combine_losses: `"mean"`, or `"sum"`, which is what Keras does.
            weighted_mean: let every loss that is a mean divide by the sum of the weights, not by the number of values.
            on_nonfinite: what becomes of a step whose loss or gradients are not finite. `"raise"`: the weights stay as
                before it, and a `laminax.objective.NonFiniteError` says where it began; `"skip"`: it is left out, with
                a warning; `"ignore"`: nothing is looked at. Loss scaling forgives what a smaller factor may heal.
        """
        _check_names(loss, _known_loss)
        _check_weights(loss_weights)
        for given in (metrics, weighted_metrics):
            _check_names(given, _known_metric)
        self.optimizer = optimizers.get(optimizer)
        scaled = isinstance(self.optimizer, optimizers.LossScaleOptimizer)
        if auto_scale_loss and not scaled and self.dtype_policy.name == "mixed_float16":
            self.optimizer = optimizers.LossScaleOptimizer(self.optimizer)
        self.loss, self.combine_losses = loss, combine_losses
        settings = Settings(
            self.optimizer,
            loss,
            loss_weights,
            metrics,
            weighted_metrics,
            checks.choice("compile", "combine_losses", combine_losses, ("mean", "sum")),
            bool(run_eagerly) or jit_compile is False,
            checks.integer("compile", "steps_per_execution", steps_per_execution),
            checks.boolean("compile", "weighted_mean", weighted_mean),
            checks.choice("compile", "on_nonfinite", on_nonfinite, ("raise", "skip", "ignore")),
        )
        self._trainer = Trainer(self, settings)

    def get_compile_config(self) -> dict[str, Any]:
        """What it was compiled with, as data; empty if it was not compiled."""
        settings = self._trainer.settings
        return {} if settings is None else compile_config(settings, getattr(self, "output_names", None))

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compile it as `get_compile_config` says."""
        if type(self).compile is not Trainable.compile:
            warn_of_own_compile(self)
        else:
            self.compile(**compile_arguments(config))

    def compiled_with(self) -> str:
        """What it was compiled with, in words; empty if it was not compiled."""
        return "" if self._trainer.settings is None else in_words(self._trainer.settings)

    @named_arguments
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        seed: int | None = None,
        resume: Any = None,
    ) -> History:
        """Train for some epochs, each a pass over the data.

        Args:
            x: arrays, a list or dict of arrays, or an iterable of `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
            y: targets; one array, or for several outputs a list or dict.
            batch_size: samples in a step, 32 by default. A last short batch counts as what it is.
            epochs: the number of the last epoch.
            verbose: 0 for nothing, 1 or `"auto"` for a bar on a terminal or in a notebook and a line
                an epoch elsewhere, 2 for a line an epoch.
            callbacks: `Callback` objects.
            validation_split: the share of the arrays' last rows that is kept for validation.
            validation_data: `(x, y)` or `(x, y, sample_weight)`, or an iterable of batches.
            shuffle: whether to draw a new order for each epoch: of the arrays' rows, or of a `PyDataset`'s batches.
            class_weight: `{class: weight}`; for several outputs `{output: {class: weight}}`.
            sample_weight: a weight for each sample (or step); for several outputs a list or dict.
            initial_epoch: the first epoch, for training that goes on.
            steps_per_epoch: batches in an epoch, instead of a pass.
            validation_steps: batches in a validation.
            validation_batch_size: samples in a step of validation.
            validation_freq: validate after every so many epochs, or after those that are listed.
            seed: an integer, from which the order of the data and the random layers that have no
                seed of their own follow. The same seed gives the same bits.
            resume: a folder for checkpoints of this run, one after each epoch. If there are some, the run goes on
                from the last one, as if it had not been ended. `BackupAndRestore` says how, and has more choices.

        Returns:
            The record of the run.
        """
        self._compiled("fit")
        return loop.fit(
            self._trainer,
            Sample(x, y, sample_weight),
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
            seed=seed,
            resume=resume,
        )

    @named_arguments
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on data: a number if there is but the loss, else a list, or a dict if asked.

        Arguments as `fit`.
        """
        self._compiled("evaluate")
        data = Sample(x, y, sample_weight)
        logs = loop.evaluate(
            self._trainer, data, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks
        )
        return logs if return_dict else _listed(logs)

    @named_arguments
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        out: Any = None,
    ) -> Any:
        """The outputs for data, as NumPy arrays in the structure of the outputs. Arguments as `fit`.

        Several threads may call it at once.

        Args:
            out: arrays to write the outputs into, in their structure, such as a `numpy.memmap` for more of them than
                memory holds; `x` may be one too.
        """
        return predict(
            self._trainer, x, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks, out=out
        )

    @named_arguments
    def predict_iter(self, x: Any, batch_size: int | None = None, steps: int | None = None) -> Iterator[Any]:
        """The outputs for data batch by batch, as they come. Arguments as `predict`."""
        return predict_iter(self._trainer, x, batch_size, steps)

    @named_arguments
    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One step on one batch: its loss and metrics, as `evaluate` gives them."""
        self._compiled("train_on_batch")
        logs = loop.on_batch(self._trainer, "train", Sample(x, y, sample_weight), class_weight)
        return logs if return_dict else _listed(logs)

    @named_arguments
    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """The loss and the metrics on one batch, as `evaluate` gives them."""
        self._compiled("test_on_batch")
        logs = loop.on_batch(self._trainer, "test", Sample(x, y, sample_weight), None)
        return logs if return_dict else _listed(logs)

    @named_arguments
    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as NumPy arrays."""
        return self.predict(x, batch_size=1 << 30, verbose=0)

    def _compiled(self, what: str) -> None:
        if self._trainer.settings is None:
            raise RuntimeError(f"Call model.compile(optimizer, loss) before model.{what}.")

    @named_arguments
    def check(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        validation_data: Any = None,
        validation_split: float = 0.0,
        class_weight: Any = None,
        verbose: bool = True,
        run: bool = True,
    ) -> Report:
        """Whether the objective fits the outputs and the data, said before training; nothing is trained.

        Errors and warnings are those of `fit`, here all in one report. Beside them: how each output ends, its targets,
        how often each class occurs, the scales of the columns, and the loss of the model as it is next to that of an
        answer that is the same for all rows: a model that learns gets below both.

        Args:
            x, y, sample_weight, validation_data, validation_split, class_weight: as of `fit`.
            verbose: whether to print the report.
            run: whether to run the model on the first 256 rows, for its loss.

        Returns:
            The report; a notebook shows it as a table.
        """
        self._compiled("check")
        report = explain.check(
            self._trainer, Sample(x, y, sample_weight), validation_data, validation_split, class_weight, run
        )
        if verbose:
            print(report)
        return report

    @property
    def metrics(self) -> list[Metric]:
        """The running mean of the loss and the metrics, once the data are known, and metrics in attributes."""
        own = super().metrics
        return [*self._trainer.binding.scores.metrics, *own] if self._trainer.binding is not None else own

    @property
    def metrics_names(self) -> list[str]:
        """The names under which numbers are logged."""
        return list(self._trainer.binding.scores.names) if self._trainer.binding is not None else []

    def reset_metrics(self) -> None:
        """Forget what the metrics have seen."""
        for metric in self.metrics:
            metric.reset_state()

    # What may be overridden.

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Array:
        """The total of a batch.

        Override it for a loss that needs more than targets and outputs; it is traced and compiled.
        """
        return self._trainer.bound.losses(Batch(x, y, sample_weight), y_pred)[0]

    def train_step(self, state: Any, data: Any) -> tuple[dict[str, Array], Any]:
        """`(logs, new state)` of a step. Override it for a step of your own; it is traced and compiled.

        Args:
            state: four lists of arrays, in the order of `trainable_variables`,
                `non_trainable_variables`, `optimizer.variables` and `metrics_variables`.
            data: `(x, y)` or `(x, y, sample_weight)`.
        """
        return self._trainer.default_step("train", state, data)

    def test_step(self, state: Any, data: Any) -> tuple[dict[str, Array], Any]:
        """`(logs, new state)` of a step of evaluation, as `train_step`, but without the optimizer in `state`."""
        return self._trainer.default_step("test", state, data)

    # What the trainer asks.

    @property
    def computes_own_loss(self) -> bool:
        """Whether a subclass defines `compute_loss`."""
        return type(self).compute_loss is not Trainable.compute_loss

    def own_steps(self) -> dict[str, Any]:
        """The steps that a subclass defines, by kind."""
        found = {"train": self.train_step} if type(self).train_step is not Trainable.train_step else {}
        return {**found, "test": self.test_step} if type(self).test_step is not Trainable.test_step else found

    @property
    def on_host(self) -> bool:
        """Whether a part of it, such as layers for text, runs on the host before the step."""
        return False

    def standardize_inputs(self, x: Any) -> Any:
        """Data in the structure of the inputs."""
        return x


def _listed(logs: dict[str, Any]) -> Any:
    values = list(logs.values())
    return values[0] if len(values) == 1 else values


def _check_names(given: Any, lookup: Callable[[Any], Any]) -> None:
    """Raise a `ValueError` now for a name that nothing has, a `TypeError` for what is neither name nor function."""
    leaves = given.values() if isinstance(given, Mapping) and "class_name" not in given else given
    if isinstance(leaves, (list, tuple)) or leaves is not given:
        for leaf in leaves:
            _check_names(leaf, lookup)
    elif not callable(given):
        lookup(given)


def _known_loss(identifier: Any) -> None:
    if not isinstance(identifier, str) or identifier.lower() not in (AUTO, *CROSSENTROPY):
        losses.get(identifier)


def _known_metric(identifier: Any) -> None:
    if not isinstance(identifier, str) or identifier.lower() not in ("accuracy", "acc", AUTO, *CROSSENTROPY):
        metrics.get(identifier)


def _check_weights(given: Any) -> None:
    leaves = given.values() if isinstance(given, Mapping) else given if isinstance(given, (list, tuple)) else [given]
    for weight in leaves:
        if weight is not None and (isinstance(weight, bool) or not isinstance(weight, numbers.Real)):
            raise TypeError(f"loss_weights are numbers, one or one for each output; got {weight!r}.")
