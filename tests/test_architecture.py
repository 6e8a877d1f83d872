"""The plan of the house: floors, sizes, docstrings, exports, and what may not be imported."""

import ast
import importlib
import inspect
import pathlib
import pkgutil
import statistics
import subprocess
import sys

import pytest

import laminax

ROOT = pathlib.Path(laminax.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
FLOORS = {
    "_core": 0,
    "_version": 0,
    "datasets": 0,
    "decoding": 1,
    "activations": 1,
    "backend": 1,
    "config": 1,
    "constraints": 1,
    "dtype_policies": 1,
    "initializers": 1,
    "ops": 1,
    "random": 1,
    "regularizers": 1,
    "tree": 1,
    "layers": 2,
    "losses": 2,
    "metrics": 2,
    "optimizers": 2,
    "mixed_precision": 3,
    "callbacks": 3,
    "data": 3,
    "saving": 3,
    "objective": 4,
    "preprocessing": 7,
    "training": 4,
    "export": 4,
    "models": 5,
    "utils": 6,
}


def part_of(path):
    """The package or module of the house in which a file stands."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports_of(path):
    """`(module, name)` of every import in a file, relative ones made absolute."""
    package = ["laminax", *path.relative_to(ROOT).with_suffix("").parts]
    package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((module, alias.name) for alias in node.names)


def parts_imported(path):
    """The parts of the house that a file imports."""
    for module, name in imports_of(path):
        names = module.split(".")
        if names[0] == "laminax":
            yield names[1] if len(names) > 1 else name


def functions():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def length(node):
    """Lines of a function without its docstring."""
    lines = node.end_lineno - node.lineno + 1
    if ast.get_docstring(node) is not None:
        lines -= node.body[0].end_lineno - node.body[0].lineno + 1
    return lines


def modules():
    return [importlib.import_module(m.name) for m in pkgutil.walk_packages([str(ROOT)], "laminax.")]


def test_every_part_has_a_floor():
    assert {part_of(path) for path in FILES} - {"__init__"} <= set(FLOORS)


@pytest.mark.parametrize("path", [p for p in FILES if part_of(p) != "__init__"], ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_go_down(path):
    own = part_of(path)
    above = {part for part in parts_imported(path) if part != own and FLOORS[part] > FLOORS[own]}
    assert not above


def test_no_parts_import_each_other():
    graph = {}
    for path in FILES:
        if part_of(path) != "__init__":
            graph.setdefault(part_of(path), set()).update(parts_imported(path))
    for part in graph:
        seen, todo = set(), [p for p in graph[part] if p != part]
        while todo:
            other = todo.pop()
            if other not in seen:
                seen.add(other)
                todo.extend(graph.get(other, ()))
        assert part not in seen


def test_files_are_at_most_400_lines():
    long = {str(p.relative_to(ROOT)): n for p in FILES if (n := len(p.read_text().splitlines())) > 400}
    assert not long


def test_functions_fit_a_screen():
    lengths = {f"{p.relative_to(ROOT)}:{node.name}": length(node) for p, node in functions()}
    assert {name: n for name, n in lengths.items() if n > 60} == {}
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 20


def test_everything_public_is_explained():
    missing = []
    for module in modules():
        if not inspect.getdoc(module):
            missing.append(module.__name__)
        for name, member in vars(module).items():
            if name.startswith("_") or getattr(member, "__module__", None) != module.__name__:
                continue
            if (inspect.isclass(member) or inspect.isfunction(member)) and not inspect.getdoc(member):
                missing.append(f"{module.__name__}.{name}")
            if inspect.isclass(member):
                for method, function in vars(member).items():
                    found = getattr(member, method, None)
                    public = not method.startswith("_") and (
                        inspect.isfunction(function) or isinstance(function, property)
                    )
                    if public and not inspect.getdoc(found) and not _explained_above(member, method):
                        missing.append(f"{module.__name__}.{name}.{method}")
    assert not missing


def _explained_above(cls, method):
    return any(inspect.getdoc(getattr(base, method, None)) for base in cls.__mro__[1:])


@pytest.mark.parametrize(
    "namespace",
    ["layers", "losses", "metrics", "optimizers", "callbacks", "models", "utils", "config", "datasets"],
)
def test_exports(namespace):
    module = importlib.import_module(f"laminax.{namespace}")
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name)


def test_every_layer_of_a_family_is_exported():
    names = set()
    for path in (ROOT / "layers").glob("*.py"):
        module = importlib.import_module(f"laminax.layers.{path.stem}") if path.stem != "__init__" else None
        names |= set(getattr(module, "__all__", ()))
    assert names <= set(laminax.layers.__all__)


def test_nothing_executes_data():
    """No file of the package imports by name, evaluates text, or reads pickles."""
    forbidden = {"pickle", "marshal", "yaml", "importlib", "shelve", "dill", "cloudpickle"}
    for path in FILES:
        assert not {module.split(".")[0] for module, _ in imports_of(path)} & forbidden
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__"), f"{path}:{node.lineno}"


def test_no_other_library_is_needed():
    """Core dependencies, the standard library, IPython within a notebook, Pillow for images, onnx for its files."""
    allowed = {"jax", "numpy", "h5py", "safetensors", "laminax", "IPython", "PIL", "onnx", *sys.stdlib_module_names}
    for path in FILES:
        assert {module.split(".")[0] for module, _ in imports_of(path)} <= allowed


def test_jax_names_that_move_stand_in_one_file():
    for path in FILES:
        text = path.read_text()
        if path.name != "compat.py":
            assert "jax._src" not in text
            assert "jax.core." not in text
            assert "jax.experimental" not in text


IMPORT = """
import sys
import laminax
EXTRAS = {"h5py", "safetensors", "pandas", "IPython", "optax", "sklearn", "PIL", "onnx"}
print(sorted({m.split(".")[0] for m in sys.modules} & EXTRAS))
"""


def test_import_touches_no_device_and_no_extra():
    """With a platform that does not exist, touching a device would fail."""
    import os

    environment = {**os.environ, "JAX_PLATFORMS": "no_such_platform"}
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
