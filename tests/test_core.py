"""The bridge: variables, the overlay, pure calls, the call frame, lift."""

import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import laminax as lx
from laminax import layers
from laminax._core import context, pure
from laminax._core.holder import partition, variables
from laminax._core.variable import Variable, holding, read, scratch, write


class Counter(layers.Layer):
    """Counts its calls, adds a loss, and multiplies by a weight."""

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1],), "ones", name="kernel")
        self.count = self.add_weight((), "zeros", trainable=False, name="count")

    def call(self, x, training=False):
        self.count.assign(self.count + 1)
        self.add_loss(jnp.sum(x) * 0.1)
        return x * self.kernel


# Variables and the overlay.


def test_a_variable_takes_part_in_arithmetic():
    v = Variable(np.array([1.0, 2.0], "float32"), name="v")
    np.testing.assert_array_equal(v + 1, [2, 3])
    np.testing.assert_array_equal(1 - v, [0, -1])
    np.testing.assert_array_equal(np.ones(2, "float32") * v, [1, 2])
    np.testing.assert_array_equal(-v, [-1, -2])
    np.testing.assert_array_equal(v @ np.eye(2, dtype="float32"), [1, 2])
    np.testing.assert_array_equal(np.eye(2, dtype="float32") @ v, [1, 2])
    np.testing.assert_array_equal(lx.ops.square(v), [1, 4])
    np.testing.assert_array_equal(jnp.square(v.value), [1, 4])
    np.testing.assert_array_equal(v > 1, [False, True])
    assert (v.shape, v.ndim, v.size, v.dtype, v[1]) == ((2,), 1, 2, "float32", 2)


def test_assigning_keeps_the_shape_and_converts_the_type():
    v = Variable(np.zeros(3, "float32"), name="v")
    v.assign([1, 2, 3])
    assert v.dtype == "float32"
    v.assign_add(np.ones(3))
    v.assign_sub(np.full(3, 0.5))
    np.testing.assert_array_equal(v.numpy(), [1.5, 2.5, 3.5])
    with pytest.raises(ValueError, match=r"v has shape \(3,\); got a value of shape \(2,\)"):
        v.assign([1, 2])


def test_values_held_for_a_while_leave_the_variable_as_it_was():
    v = Variable(np.float32(1), name="v")
    with holding({"v": v}, {"v": jnp.float32(5)}):
        assert float(v) == 5
        v.assign(6)
        assert float(v) == 6
        assert read({"v": v})["v"] == 6
    assert float(v) == 1


def test_a_pure_call_may_not_assign_what_it_did_not_list():
    v, w = Variable(np.float32(1), name="v"), Variable(np.float32(2), name="w")
    with holding({"v": v}, {"v": jnp.float32(5)}):
        with pytest.raises(RuntimeError, match="w was assigned in a pure call"):
            w.assign(3)
        with pytest.raises(RuntimeError, match="w was assigned in a pure call"):
            write({"w": w}, {"w": jnp.float32(3)})
    assert float(w) == 2


def test_assignments_in_a_scratch_are_forgotten():
    v = Variable(np.float32(1), name="v")
    with scratch():
        v.assign(9)
        with holding({}, {}):
            v.assign(10)
        assert float(v) == 9
    assert float(v) == 1


def test_other_threads_do_not_see_the_overlay():
    v, seen = Variable(np.float32(1), name="v"), []
    with holding({"v": v}, {"v": jnp.float32(5)}):
        thread = threading.Thread(target=lambda: seen.append(float(v)))
        thread.start()
        thread.join()
    assert seen == [1.0]


def test_a_layer_built_within_a_trace_holds_real_arrays():
    layer = layers.Dense(3)
    jax.jit(lambda x: layer(x))(jnp.ones((2, 4)))
    assert isinstance(layer.kernel.value, jax.Array)
    assert layer.get_weights()[0].shape == (4, 3)


# Paths.


def test_variables_by_path():
    class Block(layers.Layer):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(2)
            self.more = [layers.Dense(2), {"deep": layers.Dense(2, use_bias=False)}]
            self.again = self.first
            self.scale = self.add_weight((2,), "ones", name="scale")

        def call(self, x):
            return self.more[1]["deep"](self.more[0](self.first(x))) * self.scale

    block = Block()
    block(np.ones((1, 2)))
    assert list(variables(block)) == [
        "scale",
        "first/kernel",
        "first/bias",
        "more/0/kernel",
        "more/0/bias",
        "more/1/deep/kernel",
    ]
    block.more[0].trainable = False
    params, extras = partition(block)
    assert list(extras) == ["more/0/kernel", "more/0/bias"]
    assert len(params) == 4


def test_order_of_weights_survives_freezing():
    layer = layers.BatchNormalization()
    layer(np.ones((2, 3)))
    before = [w.name for w in layer.weights]
    layer.trainable = False
    assert [w.name for w in layer.weights] == before == ["gamma", "beta", "moving_mean", "moving_variance"]


# Pure calls.


def test_apply_is_pure():
    layer = Counter()
    layer(np.ones((1, 2)))
    _, extras = layer.state()

    @jax.jit
    def run(params, extras, x):
        return pure.apply(layer, params, extras, x)

    y, new, losses = run({"kernel": jnp.array([2.0, 3.0])}, extras, jnp.ones((1, 2)))
    np.testing.assert_array_equal(y, [[2, 3]])
    assert float(new["count"]) == 2
    assert float(losses[0]) == pytest.approx(0.2)
    assert float(layer.count) == 1
    np.testing.assert_array_equal(layer.kernel.value, [1, 1])


def test_stateless_call_takes_lists_and_dicts():
    layer = Counter()
    x = np.ones((1, 2), "float32")
    layer(x)
    y, new = layer.stateless_call([jnp.array([2.0, 3.0])], [jnp.float32(7)], x)
    assert isinstance(new, list)
    assert float(new[0]) == 8
    z, after, losses = layer.stateless_call(*layer.state(), x, return_losses=True)
    assert float(after["count"]) == 2
    assert float(losses[0]) == pytest.approx(0.2)
    np.testing.assert_array_equal(y, [[2, 3]])
    np.testing.assert_array_equal(z, x)
    with pytest.raises(ValueError, match="Expected 1 values, for kernel; got 2"):
        layer.stateless_call([1, 2], [], x)


def test_set_state():
    layer = layers.Dense(1)
    layer(np.ones((1, 2)))
    params, extras = layer.state()
    layer.set_state({path: value + 1 for path, value in params.items()}, extras)
    np.testing.assert_array_equal(layer.bias.value, [1])
    with pytest.raises(ValueError, match=r"no variable 'kernal'\. Did you mean 'kernel'"):
        layer.set_state({"kernal": params["kernel"]})


def test_lift_lets_transforms_pass_around_state():
    layer = Counter()
    x = jnp.ones((1, 2))
    layer(x)
    remat = pure.lift(jax.checkpoint, layer)

    def loss(params, extras):
        with pure.running(variables(layer), {**params, **extras}) as frame:
            y = remat(x)
            return jnp.sum(y**2) + sum(frame.losses), read(partition(layer)[1])

    params, extras = layer.state()
    (value, new), grads = jax.jit(jax.value_and_grad(loss, has_aux=True))(params, extras)
    assert float(value) == pytest.approx(2.2)
    assert float(new["count"]) == 2
    np.testing.assert_allclose(grads["kernel"], [2, 2])
    assert float(layer.count) == 1


def test_lift_works_eagerly():
    layer = Counter()
    layer(jnp.ones((1, 2)))
    y = pure.lift(jax.checkpoint, layer)(jnp.ones((1, 2)))
    np.testing.assert_array_equal(y, [[1, 1]])
    assert float(layer.count) == 2


# The call frame.


class Mode(layers.Layer):
    """Tells the mode in which it runs."""

    seen = None

    def call(self, x, training=None):
        type(self).seen = training
        return x


class Blind(layers.Layer):
    """Does not know of modes, and holds a layer that does."""

    def __init__(self):
        super().__init__()
        self.inner = Mode()

    def call(self, x):
        return self.inner(x)


@pytest.mark.parametrize("given", [True, False])
def test_the_mode_is_not_lost_in_layers_that_do_not_know_it(given):
    Blind()(np.ones((1, 2)), training=given)
    assert Mode.seen is given
    lx.Sequential([lx.Input((2,)), Blind()])(np.ones((1, 2)), training=given)
    assert Mode.seen is given


def test_an_explicit_mode_wins():
    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Mode()

        def call(self, x):
            return self.inner(x, training=False)

    Outer()(np.ones((1, 2)), training=True)
    assert Mode.seen is False
    Mode()(np.ones((1, 2)))
    assert Mode.seen is False


def test_facts_go_when_their_array_does():
    facts = context.Facts()
    x = jnp.ones(3)
    facts.note(x, mask="m")
    facts.note(x, softmax="s")
    assert facts.of(x) == {"mask": "m", "softmax": "s"}
    assert facts.of(jnp.ones(3)) == {}
    del x
    assert facts._entries == {}


def test_facts_are_not_kept_by_plain_calls_for_ever():
    layer = layers.Embedding(5, 2, mask_zero=True)
    y = layer(np.array([[1, 0]]))
    facts = context._eager.get()
    assert context.fact(y, "mask") is not None
    count = len(facts._entries)
    del y
    assert len(facts._entries) == count - 1


def test_losses_of_the_last_plain_call():
    layer = Counter(activity_regularizer="l2")
    layer(np.ones((2, 2)))
    layer(np.ones((2, 2)))
    assert [float(v) for v in layer.losses] == pytest.approx([0.4, 0.02])


def test_a_failing_layer_is_named_once():
    class Bad(layers.Layer):
        def call(self, x):
            raise KeyError("oops")

    model = lx.Sequential([layers.Dense(2), Bad(name="bad_one")])
    with pytest.raises(KeyError, match="oops") as caught:
        model(np.ones((3, 4)))
    notes = [n for n in caught.value.__notes__ if n.startswith("In layer")]
    assert notes == ["In layer 'bad_one' (Bad), called with x=float32[None, 2]."]


def test_a_variable_given_to_jax_numpy_is_explained():
    class Direct(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight((), "ones", name="scale")

        def call(self, x):
            return x * jnp.exp(self.scale)

    with pytest.raises(ValueError, match="abstractification") as caught:
        Direct()(np.ones((1, 2)))
    assert any("`.value`" in note and "laminax.ops" in note for note in caught.value.__notes__)


def test_forgotten_super_init():
    class Forgets(layers.Layer):
        def __init__(self):
            self.units = 3

    with pytest.raises(RuntimeError, match=r"Forgets.__init__ must call super\(\).__init__\(\) first"):
        Forgets()(np.ones((1, 2)))
