"""JAX without a library: the bound of what laminax can reach."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from . import DECAY, EPSILON, RATE


class Peer:
    """Data on the device; an epoch is one `scan` over its steps, or a call a step where that is faster."""

    def __init__(self, name, workload):
        self.batch, self.fused = workload.batch, workload.jax_fused
        weights = [jax.device_put(w) for w in workload.weights()]
        self.state = weights, [jax.device_put(np.zeros_like(w)) for w in workload.weights()]
        step = functools.partial(train_step, workload.jax)
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
                loss = self._stepwise(x, y, order)
            stop = after_epoch(float(loss))

    def _stepwise(self, x, y, order):
        losses = []
        for places in order:
            self.state, loss = self.step(self.state, (x[places], y[places]))
            losses.append(loss)
        return np.mean(jax.device_get(losses))

    def describe(self):
        """How steps were driven."""
        return "fused" if self.fused else "stepwise"


def train_step(model, state, batch):
    """A step down the gradient: `(state, loss)`."""
    (weights, velocities), (x, y) = state, batch

    def mean_loss(weights):
        log_p = jax.nn.log_softmax(model(weights, x))
        return -jnp.mean(jnp.take_along_axis(log_p, y[:, None], 1))

    loss, grads = jax.value_and_grad(mean_loss)(weights)
    velocities = [DECAY * v + (1 - DECAY) * g * g for v, g in zip(velocities, grads)]
    weights = [w - RATE * g / jnp.sqrt(v + EPSILON) for w, g, v in zip(weights, grads, velocities)]
    return (weights, velocities), loss


def scan_steps(step, state, x, y, order):
    """All steps of an epoch: `(state, mean loss)`."""

    def body(state, places):
        return step(state, (x[places], y[places]))

    state, losses = jax.lax.scan(body, state, order)
    return state, jnp.mean(losses)
