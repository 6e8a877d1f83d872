"""JAX without a library: the bound of what laminax can reach."""

import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np

from . import DECAY, EPSILON, RATE


class Peer:
    """Data on the device; an epoch is one `scan` over its steps, or a call a step where that is faster."""

    def __init__(self, name, workload):
        self.batch, self.fused = workload.batch, workload.jax_fused
        trained, others = workload.split(workload.weights())
        self.state = jax.device_put((trained, others, [np.zeros_like(w) for w in trained]))
        self.model = workload.jax if others else lambda trained, others, x: (workload.jax(trained, x), others)
        step = functools.partial(train_step, self.model, LOSSES[workload.loss])
        self.epoch = jax.jit(functools.partial(scan_steps, step), donate_argnums=0)
        self.step = jax.jit(step, donate_argnums=0)
        self.rng = np.random.default_rng(0)

    def run(self, x, y, shuffle, after_epoch):
        if self.fused:
            x, y = jax.device_put((x, y))
        stop = False
        while not stop:
            order = self.rng.permutation(len(x)) if shuffle else np.arange(len(x))
            order = order.astype("int32").reshape(-1, self.batch)
            if self.fused:
                self.state, loss = self.epoch(self.state, x, y, order)
            else:
                loss = self._stepwise((x[places], y[places]) for places in order)
            stop = after_epoch(float(loss))

    def stream(self, batches, steps, after_epoch):
        while not after_epoch(self._stepwise(itertools.islice(batches, steps))):
            pass

    def _stepwise(self, batches):
        losses = []
        for batch in batches:
            self.state, loss = self.step(self.state, batch)
            losses.append(loss)
        return np.mean(jax.device_get(losses))

    def requests(self):
        trained, others, _ = self.state
        outputs = jax.jit(lambda trained, x: self.model(trained, others, x)[0])
        return {"predict": lambda x: np.asarray(outputs(trained, x))}

    def describe(self):
        return "fused" if self.fused else "stepwise"


def cross_entropy(y, logits):
    log_p = jax.nn.log_softmax(logits)
    return -jnp.mean(jnp.take_along_axis(log_p, y[:, None], 1))


def ctc(y, logits):
    import optax

    paddings = jnp.zeros(logits.shape[:2], logits.dtype)
    return jnp.mean(optax.ctc_loss(logits, paddings, y, (y == 0).astype(logits.dtype)))


LOSSES = {"classes": cross_entropy, "mse": lambda y, outputs: jnp.mean(jnp.square(outputs - y)), "ctc": ctc}


def train_step(model, objective, state, batch):
    """A step down the gradient: `(state, loss)`."""
    (weights, others, velocities), (x, y) = state, batch

    def mean_loss(weights):
        outputs, moved = model(weights, others, x)
        return objective(y, outputs), moved

    (loss, others), grads = jax.value_and_grad(mean_loss, has_aux=True)(weights)
    velocities = [DECAY * v + (1 - DECAY) * g * g for v, g in zip(velocities, grads)]
    weights = [w - RATE * g / jnp.sqrt(v + EPSILON) for w, g, v in zip(weights, grads, velocities)]
    return (weights, others, velocities), loss


def scan_steps(step, state, x, y, order):
    """All steps of an epoch: `(state, mean loss)`."""

    def body(state, places):
        return step(state, (x[places], y[places]))

    state, losses = jax.lax.scan(body, state, order)
    return state, jnp.mean(losses)
