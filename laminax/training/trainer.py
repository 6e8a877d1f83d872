"""What runs a model: programs for its steps, compiled once, and the way to drive them over data."""

import functools
import threading
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np

from .._core import machine
from .._core.holder import survey
from .._core.random import SeedGenerator
from .._core.snapshot import Snapshot
from .._core.variable import read
from ..data.sources import ArraySource, Sample
from ..layers.layer import Layer
from ..objective.heads import heads
from .binding import Binding, Settings
from .custom import OwnScores, OwnStep, default_step
from .drive import RESIDENT_BYTES, Cells, Driver, Eager, Fused, Pace, Stepwise, Traced
from .encoding import encode
from .step import Batch, Program, State, predict_step, results, test_step, train_step

Array = Any


class _Look(NamedTuple):
    """What a look at a model found, and how long that holds."""

    snapshot: Snapshot
    under: list[Any]
    program: Program


class Trainer:
    """A model with its settings, what they are bound to, and its compiled steps.

    Args:
        model: the model.
        settings: what was given to `compile`; `None` before.
    """

    def __init__(self, model: Any, settings: Settings | None = None) -> None:
        self.model = model
        self.settings = settings
        self.lenient = False  # whether a callback wants to see losses that are not finite
        self.version = 0  # of the compiled steps; see `forward`
        self._lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        """Forget what was learnt of the model's layers and data: the layers have changed."""
        self.binding: Binding | None = None
        self._built = False
        self._own_scores: dict[str, OwnScores] = {}
        self._compiled: dict[tuple[str, str], Any] = {}
        self._key: Any = None
        self._last: _Look | None = None

    def encode(self, y: Any, round_up: bool = False) -> Any:
        """Targets as arrays, where the losses say how; see `encoding`."""
        return encode(self.settings.loss, y, round_up) if self.settings else y

    def build(self, x: Any) -> None:
        """Let the model make its weights, if it has not yet, by a first batch."""
        if not self._built and self.binding is None:
            heads(self.model, self.model.standardize_inputs(x))
            self._built = True

    def bind(self, sample: Sample) -> Binding:
        """Match losses and metrics with outputs, by a first batch; later batches find it done."""
        if self.binding is not None:
            return self.binding
        if self.settings is None:
            raise RuntimeError(f"Call compile of model {self.model.name!r} first.")
        binding = Binding(self.model, self.settings, sample)
        _warn_where_slow(self.model)
        try:
            self.binding = binding
            self._bind_own_steps(sample)
        except BaseException:
            self.forget()
            raise
        explicit = binding.explicit(self.settings)
        if explicit is not self.settings:
            self.settings, self.model.loss = explicit, explicit.loss
        return binding

    def _bind_own_steps(self, sample: Sample) -> None:
        batch = Batch(self.model.standardize_inputs(sample.x), sample.y, sample.weight)
        for kind, step in self.model.own_steps().items():
            self._own_scores[kind] = OwnScores(self.model.metrics, {})
            program = self.program(kind)
            state = self.cells(program, train=True).read()
            self._own_scores[kind] = OwnScores(self.model.metrics, OwnStep(kind, step, program).logs(state, batch))

    @property
    def bound(self) -> Binding:
        """What `bind` made."""
        if self.binding is None:
            raise RuntimeError(f"Model {self.model.name!r} has not seen data yet.")
        return self.binding

    def program(self, kind: str) -> Program:
        """What a step of `"train"` or `"test"` runs, for the model as it is now."""
        builtin = self.builtin
        return builtin._replace(scores=self._own_scores.get(kind, builtin.scores))

    @property
    def builtin(self) -> Program:
        """What the built-in steps run, whether or not the model has its own."""
        optimizer = self.settings.optimizer if self.settings else None
        bound, rule = self.bound, self.on_nonfinite
        return self.forward._replace(
            objective=bound.objective, scores=bound.scores, optimizer=optimizer, on_nonfinite=rule
        )

    @property
    def on_nonfinite(self) -> str:
        """What becomes of a step whose loss or gradients are not finite."""
        if self.settings is None or self.lenient:
            return "ignore"
        return self.settings.on_nonfinite

    @property
    def forward(self) -> Program:
        """What a prediction runs, for the model as it is now.

        If what compiled steps depend on besides their arguments (which weights move, in which mode layers run) has
        changed since the last look, they are forgotten.
        """
        known = self._unchanged()
        if known is not None:
            return known
        under, snapshot = self._under(), Snapshot(self.model)
        params, extras, marks = survey(self.model)
        key = tuple(params), tuple(extras), marks, *under[1:]
        if key != self._key:
            with self._lock:
                if key != self._key:
                    self._key, self.version = key, self.version + 1
                    self._compiled = {}
        program = Program(self.model, params, extras, objective=None, scores=None, optimizer=None)
        self._last = _Look(snapshot, under, program)
        return program

    def _under(self) -> list[Any]:
        """What compiled steps depend on besides the model."""
        schedules = self.settings.optimizer.schedules if self.settings and self.settings.optimizer else ()
        return [self.settings, self.on_nonfinite, *schedules]

    def _unchanged(self) -> Program | None:
        """The last program, if all that it depends on is as it was. Nothing is set here."""
        last = self._last
        if last is None or [*map(id, last.under)] != [*map(id, self._under())] or not last.snapshot.holds():
            return None
        return last.program

    def cells(self, program: Program, train: bool) -> Cells:
        """The variables that a run reads and replaces."""
        if not train:
            return Cells({}, dict(program.extras), {}, program.scores.cells, dict(program.params))
        if program.optimizer is None:
            raise RuntimeError(f"Model {self.model.name!r} can't be trained: compile gave it optimizer=None.")
        optimizer = program.optimizer.cells(program.params)
        return Cells(dict(program.params), dict(program.extras), optimizer, program.scores.cells, {})

    @property
    def eager(self) -> bool:
        """Whether steps run without being compiled."""
        return bool(self.settings and self.settings.run_eagerly)

    def compiled(self, kind: str, form: str, make: Callable[[], Any]) -> Any:
        """A compiled function, made once for the model as it is now."""
        found, key = self._compiled, (kind, form)
        if key not in found:
            machine.prepare()
            with self._lock:  # threads that ask at once get one function
                if key not in found:
                    found[key] = make()
        return found[key]

    def step(self, kind: str, program: Program) -> Any:
        """`(fixed, state, batch) -> state` of `"train"` or `"test"`."""
        own = self.model.own_steps().get(kind)
        if own is not None:
            return OwnStep(kind, own, program)
        return functools.partial({"train": train_step, "test": test_step}[kind], program)

    def default_step(self, kind: str, lists: Any, data: Any) -> Any:
        """The built-in step in the form of a model's own: `(logs, new state)`."""
        x, y, weight = [*data, None, None][:3]
        builtin = self.builtin._replace(on_nonfinite="ignore")  # a step of the model's own decides itself
        return default_step(kind, builtin, self.model.metrics_variables, lists, Batch(x, y, weight))

    def driver(self, kind: str, program: Program, cells: Cells, source: Any, each_batch: bool = False) -> Driver:
        """The way to drive `"train"` or `"test"` over `source`: fused where that is possible and faster."""
        step, compiled = self.step(kind, program), functools.partial(self.compiled, kind)
        if self.eager:
            return Eager(step, source)
        donate = (1,) if kind == "train" else ()
        driver: Fused | Stepwise
        if isinstance(source, ArraySource) and source.nbytes <= RESIDENT_BYTES:
            fixed = self.settings.steps_per_execution if self.settings else 1
            pace = Pace(fixed=fixed if fixed > 1 else 1 if each_batch else None)
            driver = Fused(step, source, pace, compiled, donate)
        else:
            much = f"more than {RESIDENT_BYTES >> 30} GiB of data"
            reason = much if isinstance(source, ArraySource) else "batches from a stream"
            driver = Stepwise(step, source, compiled, donate, reason)
        driver.trial(cells)
        return driver

    def single(self, kind: str, program: Program) -> Callable[..., State]:
        """One step on one batch, which deletes nothing that it was given."""
        step = self.step(kind, program)
        return step if self.eager else self.compiled(kind, "single", lambda: machine.jit(step))

    def results(self, kind: str, program: Program) -> Callable[[Any], dict[str, Array]]:
        """The numbers that the metrics stand at, as a compiled function of their state."""
        compiled = self.compiled(kind, "results", lambda: machine.jit(functools.partial(results, program)))

        def in_order(metrics: Any) -> dict[str, Array]:  # JAX sorts the keys of dicts
            found = compiled(metrics)
            return {name: found[name] for name in program.scores.names}

        return in_order

    def predictor(self, program: Program) -> "Predictor":
        """The compiled forward pass."""
        step = functools.partial(predict_step, program)
        return self.compiled("predict", "any", lambda: Predictor(step, self.eager, self.model.on_host))

    def answer(self, x: np.ndarray) -> Any:
        """The outputs for one batch, where one of its form was answered before by the model as it is; else `None`.

        For requests of one row: it runs little code but that of the compiled call, and looks at the model while the
        device works. It sets nothing, so Ctrl-C may come at any time.
        """
        last, predictor = self._last, self._compiled.get(("predict", "any"))
        if last is None or predictor is None or (x.shape, x.dtype) not in predictor.plain:
            return None
        outputs, _ = predictor.run(read(last.program.params), read(last.program.extras), x)
        return outputs if self._unchanged() is last.program else None


class Predictor:
    """A forward pass `(params, extras, x) -> (outputs, changed extras)`, compiled for few sizes of a batch.

    Args:
        step: the pass.
        eager: whether it is left as it is.
        read: whether its inputs were made on the host, from what the user gave.
    """

    def __init__(self, step: Callable[..., Any], eager: bool, read: bool) -> None:
        self._traced = Traced(step)
        self.run = step if eager else self._traced.run
        self.plain: set[Any] = set()  # the forms of single arrays that are run as they are given, and change nothing
        self._any_plain = not (eager or read)
        self._pads: bool | None = False if eager else None  # whether rows may be added; not known before the first

    def __call__(self, params: Any, extras: Any, x: Any, size: int | None = None) -> tuple[Any, Any]:
        """Outputs and changed extras for one batch.

        Where rows do not depend on one another, a batch is filled up to `size` rows, or to the next power of
        two, so that few sizes are compiled.
        """
        count = int(jax.tree.leaves(x)[0].shape[0])
        wanted = size if size is not None and count <= size else 1 << max(count - 1, 0).bit_length()
        if wanted == count or self._pads is False:
            outputs, changed = self.run(params, extras, x)
            if self._any_plain and isinstance(x, np.ndarray) and not changed:
                self.plain.add((x.shape, x.dtype))
            return outputs, changed
        full = jax.tree.map(lambda a: np.concatenate([a, np.repeat(a[:1], wanted - count, 0)]), x)
        if self._pads is None:
            self._pads = self._traced.pads(params, extras, full)
        if not self._pads:
            return self.run(params, extras, x)
        outputs, changed = self.run(params, extras, full)
        return jax.tree.map(lambda a: a[:count], outputs), changed


def reseed(model: Layer, seed: int) -> None:
    """Let random layers that were given no seed follow from `seed`."""
    for i, generator in enumerate(_generators(model)):
        if generator.seed is None:
            generator.reset(int(np.random.SeedSequence([seed, i]).generate_state(1)[0]))


def _generators(layer: Layer) -> list[SeedGenerator]:
    own = [v for v in layer.members().values() if isinstance(v, SeedGenerator)]
    return [*own, *(g for inner in layer.inner_layers() for g in _generators(inner))]


def all_layers(layer: Layer) -> list[Layer]:
    """A layer, and all inside."""
    return [layer, *(inner for child in layer.inner_layers() for inner in all_layers(child))]


def _warn_where_slow(model: Layer) -> None:
    """Say that a CPU is slower with short floats: 1 to 2 times with bfloat16, up to 5 times with float16."""
    short = {layer.compute_dtype for layer in all_layers(model)} & {"bfloat16", "float16"}
    if short and machine.on_cpu():
        warnings.warn(
            f"Model {model.name!r} computes in {' and '.join(sorted(short))}, which is slower than float32 on a CPU. "
            "Leave the dtype policy out here, and set it where there is a GPU or TPU.",
            stacklevel=2,
        )
