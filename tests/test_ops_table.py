"""Ops next to what Keras says of them: names, arguments, types, shapes, names in saved graphs."""

import inspect
import itertools
import json
import pathlib

import jax
import numpy as np
import pytest
from golden.ops_cases import BINARY, CASES, TYPES, UNARY, call, t

import laminax as lx
from laminax import ops
from laminax.ops import names

GOLDEN = json.loads((pathlib.Path(__file__).parent / "golden/ops.json").read_text())
ELSEWHERE = ("ctc_loss", "ctc_decode")


def function_of(name):
    found = ops
    for part in name.split("."):
        found = getattr(found, part)
    return found


def symbolic(shape, dtype):
    return lx.KerasTensor(shape, dtype)


def specs(found):
    return [[list(x.shape), x.dtype] for x in jax.tree.leaves(found)]


@pytest.mark.parametrize("name", [name for name in GOLDEN["signatures"] if name.split(".")[-1] not in ELSEWHERE])
def test_arguments_and_defaults_are_kerass(name):
    """In Keras's order; what this package adds comes after."""
    wanted = GOLDEN["signatures"][name]
    parameters = inspect.signature(function_of(name)).parameters.values()
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    given = [[p.name, None if p.default is p.empty else repr(p.default)] for p in parameters if p.kind not in kinds]
    assert given[: len(wanted)] == wanted
    assert all(default is not None for _, default in given[len(wanted) :])


@pytest.mark.parametrize(
    ("case", "wanted"), list(zip(CASES, GOLDEN["shapes"])), ids=[f"{case[0]}-{i}" for i, case in enumerate(CASES)]
)
def test_shapes_and_types_of_symbolic_tensors(case, wanted):
    assert specs(call(ops, symbolic, *case)) == wanted


@pytest.mark.parametrize("name", UNARY)
def test_types_of_functions_of_one_array(name):
    """Where Keras refuses whole numbers, they are taken as floats."""
    for dtype, wanted in zip(TYPES, GOLDEN["types"][name]):
        if wanted is not None or dtype != "bool":
            found = specs(call(ops, symbolic, name, [t(2, 2, dtype=dtype)], {}))
            assert found[0][1] == (wanted or "float32"), dtype


@pytest.mark.parametrize("name", BINARY)
def test_types_of_functions_of_two_arrays(name):
    pairs = itertools.combinations_with_replacement(TYPES, 2)
    for (first, second), wanted in zip(pairs, GOLDEN["types"][name]):
        if wanted is not None:
            found = specs(call(ops, symbolic, name, [t(2, 2, dtype=first), t(2, 2, dtype=second)], {}))
            assert found[0][1] == wanted, (first, second)


def test_a_float_without_a_type_takes_that_of_the_array():
    for dtype in ("float16", "bfloat16", "float32"):
        assert ops.add(symbolic((2,), dtype), 1.5).dtype == dtype
        assert ops.where(symbolic((2,), "bool"), symbolic((2,), dtype), 0.0).dtype == dtype
    assert ops.add(symbolic((2,), "int8"), 1).dtype == "int8"
    assert ops.add(symbolic((2,), "int8"), 1.5).dtype == "float32"


def test_types_follow_floatx():
    lx.config.set_floatx("bfloat16")
    try:
        assert ops.sin(symbolic((2,), "int32")).dtype == "bfloat16"
        assert ops.mean(symbolic((2,), "bool")).dtype == "bfloat16"
        assert ops.arctan2(symbolic((2,), "int8"), symbolic((2,), "int32")).dtype == "bfloat16"
        assert ops.arctan2(symbolic((2,), "int8"), symbolic((2,), "float16")).dtype == "float16"
        assert jax.eval_shape(lambda: ops.ones((2,))).dtype == "bfloat16"
        assert jax.eval_shape(lambda: ops.arange(3.0)).dtype == "bfloat16"
    finally:
        lx.config.set_floatx("float32")


@pytest.mark.parametrize("name", [name for name in GOLDEN["operations"] if name not in ELSEWHERE])
def test_names_and_arguments_in_saved_graphs(name):
    module, kind, called, _ = GOLDEN["operations"][name]
    function = getattr(ops, name, None) or getattr(ops.image, name)
    assert names.operation_name(function) == kind
    assert names.module_of(kind) == f"keras.src.ops.{module}"
    others = {"rearrange": ["axes_lengths"]}.get(name, [])
    wanted = ["volumes"] + called[1:] if name == "extract_patches_3d" else [c.lstrip("*") for c in called]
    assert names.called(function) == wanted + others


def test_every_operation_has_a_function():
    for name in names.known():
        assert names.operation_name(names.function_of(name)) == name
    with pytest.raises(ValueError, match=r"Unknown operation 'Summ'\. Did you mean 'Sum'"):
        names.function_of("Summ")
    assert names.operation_name(lx.layers.Dense(1)) is None
    assert names.operation_name(len) is None


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (lambda x: x + 2.0, ("Add", ["x", 2.0], {}, {})),
        (lambda x: 2 - x, ("Subtract", [2, "x"], {}, {})),
        (lambda x: ops.sum(x, -1), ("Sum", ["x"], {}, {"axis": -1, "keepdims": False})),
        (lambda x: x[:, 1:3], ("GetItem", ["x", (slice(None), slice(1, 3))], {}, {})),
        (lambda x: ops.einsum("ij,kj->ik", x, x), ("Einsum", ["x", "x"], {}, {"subscripts": "ij,kj->ik"})),
        (lambda x: ops.stack([x, x]), ("Stack", [["x", "x"]], {}, {"axis": 0})),
        (lambda x: ops.average(x, 1, [1.0, 2.0, 3.0]), ("Average", ["x", [1.0, 2.0, 3.0]], {}, {"axis": 1})),
        (lambda x: ops.rearrange(x, "a (b c) -> a b c", b=1), ("Rearrange", ["x", "a (b c) -> a b c"], {"b": 1}, {})),
        (
            lambda x: ops.pad(x, [[0, 0], [1, 1]]),
            ("Pad", ["x", None], {}, {"pad_width": [[0, 0], [1, 1]], "mode": "constant"}),
        ),
        (lambda x: lx.activations.gelu(x), ("Gelu", ["x"], {}, {"approximate": False})),
    ],
)
def test_a_call_in_two_parts_and_back(make, parts):
    x = lx.Input((3,))
    y = make(x)
    args, kwargs, config = names.split(y.node.function, y.node.args, y.node.kwargs)
    shown = jax.tree.map(lambda v: "x" if v is x else v, args)
    assert (names.operation_name(y.node.function), shown, kwargs, config) == parts
    again = names.join(names.function_of(parts[0]), args, kwargs, config)
    assert (again.shape, again.dtype) == (y.shape, y.dtype)
    inputs = np.array([[1.0, -2.0, 3.0]], "float32")
    np.testing.assert_array_equal(lx.Model(x, again)(inputs), lx.Model(x, y)(inputs))


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        ((), "float32"),
        ((None,), "float32"),
        (("bool", int), "int32"),
        (("uint8", "int8"), "int16"),
        (("uint32", "int32"), "int32"),
        (("int64",), "int32"),
        (("int32", float), "float32"),
        (("bfloat16", float), "bfloat16"),
        (("bfloat16", "float16"), "float32"),
        (("int32", "float16"), "float16"),
        ((int, float), "float32"),
        (("float64", "complex64"), "complex64"),
    ],
)
def test_types_in_which_others_meet(types, wanted):
    assert lx.backend.result_type(*types) == wanted
