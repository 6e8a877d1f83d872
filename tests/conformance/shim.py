"""Makes the package answer to the name `keras`, so that the tests in Keras's wheel run against it as they are.

`keras.layers` is `laminax.layers`. `keras.src...`, where those tests look, is a tree of virtual modules: a name is
found by where Keras itself makes it public, else in the public namespaces of that part. What the package does not have
becomes an object that skips the test which uses it, with the name. Keras's own code is never run, but for its helpers.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import pathlib
import sys
import types
import unittest

import laminax
from laminax.ops import names

SPACES = {  # where the names of a part of `keras.src` are public
    "backend": ["backend", "config", "", "ops", "random", "distribution"],
    "layers": ["layers", ""],
    "models": ["", "models"],
    "ops": ["ops", "random", ""],
    "optimizers": ["optimizers", "optimizers.schedules"],
    "saving": ["saving", "models"],
    "trainers": ["utils"],
    "utils": ["utils", "config"],
}
FLOATS = ("bfloat16", "float16", "float32", "float64")
FEATURES = {  # facts that Keras's tests ask of the backend
    "SUPPORTS_SPARSE_TENSORS": False,
    "SUPPORTS_RAGGED_TENSORS": False,
    "SUPPORTS_COMPLEX_DTYPES": True,
    "IS_THREAD_SAFE": True,
    "FLOAT_TYPES": FLOATS,
    "get_keras_mask": lambda x: getattr(x, "_keras_mask", None),
    "set_keras_mask": lambda x, mask: setattr(x, "_keras_mask", mask),
    "removesuffix": str.removesuffix,
    "BOOL_TYPES": ("bool",),
    "INT_TYPES": ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    "FLOAT8_TYPES": ("float8_e4m3fn", "float8_e5m2"),
    "ALLOWED_DTYPES": (
        *("float16", "float32", "float64", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
        *("bfloat16", "bool", "string", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128"),
    ),
}


class Missing:
    """What is not there: using it skips the test.

    Args:
        what: `"missing: keras.layers.Dense"` of a public name, `"internal: keras.src..."`, `"package: tensorflow"`.
    """

    def __init__(self, what):
        self.__dict__["_what"] = what

    def skip(self, *args, **kwargs):
        raise unittest.SkipTest(self._what)

    __call__ = __enter__ = skip

    def __exit__(self, *error):
        return None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{self._what}.{name}")

    def __mro_entries__(self, bases):
        return ()

    def __iter__(self):
        return iter(())

    def __bool__(self):
        return False

    def __instancecheck__(self, instance):
        return False

    def __subclasscheck__(self, subclass):
        return False


def absent(package):
    """A module in place of a package that the tests import and that is not needed here."""

    def lookup(name):
        if name.startswith("__"):  # Python asks
            raise AttributeError(name)
        return Missing(f"package: {package}")

    module = types.ModuleType(package)
    module.__getattr__ = lookup
    return module


def operation_class(name):
    """Keras's class of an operation, as a face of the function."""
    function = names.function_of(name)
    called = names.called(function)
    arguments = [argument for argument in inspect.signature(function).parameters if argument not in called]

    class Face(laminax.Operation):
        def __init__(self, *args, name=None, **kwargs):
            super().__init__(name=name)
            self.settings = {**dict(zip(arguments, args)), **kwargs}

        def __call__(self, *args, **kwargs):
            return names.join(function, list(args), kwargs, self.settings)

        call = symbolic_call = compute_output_spec = __call__

    Face.__name__ = name
    return Face


def public_names(wheel):
    """`{(module, object): public name}` from the generated `__init__` files of the wheel."""
    found = {}
    for path in sorted((wheel / "keras").rglob("__init__.py")):
        parts = path.relative_to(wheel).parts[:-1]
        if "src" in parts or "_tf_keras" in parts:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("keras.src"):
                for alias in node.names:
                    found.setdefault((node.module, alias.name), ".".join([*parts[1:], alias.asname or alias.name]))
    return found


def ours(name):
    """The package's object of a public name, `None` if it has none."""
    found = laminax
    for i, part in enumerate(name.split(".") if name else ()):
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(".".join(["laminax", *name.split(".")[: i + 1]]))
            except ImportError:
                return None
    return found


class Virtual(types.ModuleType):
    """A module of the virtual tree."""

    def __getattr__(self, name):
        if name.startswith(("__", "pytest", "setup_", "teardown_", "setUp", "tearDown", "load_tests")):
            raise AttributeError(name)
        inner = f"{self.__name__}.{name}"
        if inner in sys.modules or ((self.__name__, name) not in FINDER.public and FINDER.is_module(inner)):
            return importlib.import_module(inner)
        value = FINDER.lookup(self.__name__, name)
        setattr(self, name, value)
        return value


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports `keras...`: test files and helpers from the wheel, all else from the package."""

    def install(self, wheel):
        self.wheel, self.public = wheel, public_names(wheel)
        tensor = laminax.Input((1,))
        FEATURES["Functional"] = type(laminax.Model(tensor, tensor))
        sys.meta_path.insert(0, self)

    def is_module(self, name):
        path = self.wheel / name.replace(".", "/")
        return name == "keras.src.backend.random" or path.is_dir() or path.with_suffix(".py").exists()

    def lookup(self, module, name):
        if name in FEATURES:
            return FEATURES[name]
        parts = module.split(".")
        part = parts[2] if len(parts) > 2 else ""
        if part == "ops" and name in names.known():
            return operation_class(name)
        spaces = SPACES.get(part, [part])
        if parts[2:4] == ["backend", "random"]:
            spaces = ["random"]
        known = self.public.get((module, name))
        candidates = [known] + [f"{space}.{name}".lstrip(".") for space in spaces]
        found = [value for one in candidates if one and (value := ours(one)) is not None]
        return found[0] if found else Missing(f"missing: keras.{known}" if known else f"internal: {module}.{name}")

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] != "keras":
            return None
        place = self.wheel / name.replace(".", "/")
        if name.startswith("keras.src.testing") or name.endswith("_test"):
            file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
            inside = [str(place)] if place.is_dir() else None
            return importlib.util.spec_from_file_location(name, file, submodule_search_locations=inside)
        spec = importlib.machinery.ModuleSpec(name, self, is_package=True)
        spec.submodule_search_locations = [str(place)]
        return spec

    def create_module(self, spec):
        if spec.name.startswith("keras.src"):
            if not self.is_module(spec.name):
                raise ImportError(f"Keras has no module {spec.name}")
            return Virtual(spec.name)
        source = ours(spec.name.removeprefix("keras").lstrip("."))
        if source is None:
            raise ImportError(f"missing: {spec.name}")
        module = types.ModuleType(spec.name)
        module.__dict__.update({key: value for key, value in vars(source).items() if not key.startswith("__")})
        return module

    def exec_module(self, module):
        pass


FINDER = Finder()


def install(wheel):
    """From now on `keras` is the package, and `keras.src` is virtual. `wheel` is the folder of the unpacked wheel."""
    FINDER.install(pathlib.Path(wheel))
