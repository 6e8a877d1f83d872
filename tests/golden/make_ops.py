"""Names, signatures, types and shapes of Keras's ops: `KERAS_BACKEND=jax python tests/golden/make_ops.py` (3.15.1)."""

import ast
import inspect
import itertools
import json
import pathlib

import keras
from keras import ops, tree
from ops_cases import BINARY, CASES, TYPES, UNARY, call

HERE = pathlib.Path(__file__).parent
SPACES = {"": ops, "image.": ops.image, "linalg.": ops.linalg, "nn.": ops.nn, "numpy.": ops.numpy}


def signatures():
    """`{name: [[argument, default]]}`; a default is text, or `null` where there is none."""
    found = {}
    for prefix, space in SPACES.items():
        for name, function in vars(space).items():
            if callable(function):
                parameters = inspect.signature(function).parameters.values()
                found[prefix + name] = [
                    [p.name, None if p.default is p.empty else repr(p.default)]
                    for p in parameters
                    if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
                ]
    return found


def operations():
    """`{name: [module, class, what is called, what is set]}` from Keras's sources."""
    found = {}
    for module in ("core", "math", "nn", "numpy", "linalg", "image", "einops"):
        body = ast.parse((pathlib.Path(keras.__file__).parent / f"src/ops/{module}.py").read_text()).body
        classes = {node.name: node for node in body if isinstance(node, ast.ClassDef)}
        for node in body:
            if isinstance(node, ast.FunctionDef) and "keras_export" in ast.dump(node):
                inner = [n.func for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
                used = [name.id for name in inner if name.id in classes]
                if used:
                    methods = {f.name: f.args for f in classes[used[-1]].body if isinstance(f, ast.FunctionDef)}
                    called, made = methods.get("call"), methods.get("__init__")
                    found[node.name] = [module, used[-1], arguments(called), arguments(made)]
    return found


def arguments(args):
    if args is None:
        return []
    more = [args.vararg] if args.vararg else []
    return [a.arg for a in [*args.args[1:], *more, *args.kwonlyargs] if a.arg != "name"]


def asked(name, args, kwargs=None):
    """Shapes and types of the results, or `null` where Keras refuses."""
    try:
        found = call(ops, keras.KerasTensor, name, args, kwargs or {})
    except Exception:
        return None
    return [[list(x.shape), x.dtype] for x in tree.flatten(found)]


def types():
    """`{name: the type of the result for each of TYPES, or each pair of them}`, of arrays of ones."""
    single = [(d,) for d in TYPES]
    pairs = list(itertools.combinations_with_replacement(TYPES, 2))
    return {name: [type_of(name, given) for given in single] for name in UNARY} | {
        name: [type_of(name, given) for given in pairs] for name in BINARY
    }


def type_of(name, given):
    try:
        return getattr(ops, name)(*(ops.ones((2, 2), d) for d in given)).dtype.name
    except Exception:
        return None


if __name__ == "__main__":
    assert keras.__version__ == "3.15.1"
    data = {
        "signatures": signatures(),
        "operations": operations(),
        "types": types(),
        "shapes": [asked(*case) for case in CASES],
    }
    lines = [f'"{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in data.items()]
    (HERE / "ops.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
