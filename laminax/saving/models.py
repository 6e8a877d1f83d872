"""Whole models in files: `.keras`, the format of Keras 3."""

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._core import promises
from .._core.config import custom_objects as scope
from .._core.config import sharing, to_data
from .._core.errors import named_arguments
from .._core.file_errors import CorruptFileError, UnsupportedVersionError, in_file
from .._core.reading import approve, from_data, is_record, located, reading
from .._version import __version__
from . import hdf5
from .archive import CONFIG, METADATA, WEIGHTS, Archive
from .archive_writer import Writer
from .assets import apart, load_assets, model_assets
from .atomic import replacing
from .jsontext import parsed
from .kinds import expect, path_of
from .optimizers import match_optimizer
from .report import Restored
from .restore import Restoring, match_objects
from .source import Source, opened
from .version import KERAS, check_version, read_json
from .weights import keras_arrays

_SPARE = 1 << 20  # bytes of variables that a model may have and a file need not
_MAY_BE_INFINITE = {"inbound_nodes", "value", "mask_value", "constant_values", "fill_value"}


@named_arguments
def save_model(
    model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, include_optimizer: bool = True
) -> None:
    """Write a model: layers, weights, what it was compiled with, and the optimizer's state. Keras 3 can open it.

    The file is whole or, if writing fails, as it was.

    Args:
        model: the model.
        filepath: a name that ends with `.keras`.
        overwrite: whether an existing file may be replaced.
        zipped: `False`, for a folder instead of a file, is not supported.
        include_optimizer: whether to write what it was compiled with.

    Raises:
        ValueError: if the model holds what no file can hold, such as a `lambda`; before anything is written.
    """
    path = path_of(filepath)
    if not path.endswith(".keras") or zipped is False:
        raise ValueError(
            f"A model is kept in a .keras file; got {path!r}{' and zipped=False' if zipped is False else ''}. "
            "For weights alone there is save_weights."
        )
    with sharing(), apart():
        data = to_data(model)
        assets = model_assets(model)
    if not include_optimizer:
        data.pop("compile_config", None)
    _refuse_lambdas(data)
    text = json.dumps(data)
    arrays = keras_arrays(model)
    if not include_optimizer:
        arrays = {name: value for name, value in arrays.items() if not name.startswith("optimizer/")}
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata = json.dumps({"keras_version": KERAS, "date_saved": now, "laminax_version": __version__})
    with replacing(path, overwrite) as file:
        archive = Writer(file)
        for name, content in ((METADATA, metadata), (CONFIG, text)):
            with archive.member(name) as member:
                member.write(content.encode("utf-8"))
        with archive.member(WEIGHTS, hdf5.size(arrays)) as member:
            hdf5.write(member, arrays)
        for name, content in assets.items():
            with archive.member(name) as member:
                member.write(content.encode("utf-8"))
        archive.close()


def _refuse_lambdas(data: Any) -> None:
    for item in _dicts(data):
        if item.get("class_name") == "function" and item.get("config") == "<lambda>":
            raise ValueError("A lambda can't be saved: define the function by `def`, and register it.")


def _dicts(data: Any) -> Iterator[dict[str, Any]]:
    todo = [data]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            yield item
        todo += item.values() if isinstance(item, dict) else item if isinstance(item, (list, tuple)) else ()


@named_arguments
def load_model(
    filepath: Any,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
    strict_finite: bool = False,
) -> Any:
    """Read a model from a `.keras` file, written by `save_model` or by Keras 3. What was read is in `model.restored`.

    A file is data. It runs no code, and names no other file and no class or function but those of this package and
    those that the program has registered or gives here.

    Args:
        filepath: the file.
        custom_objects: classes and functions of the program, by name.
        compile: whether to compile the model as it was, and restore the optimizer's state.
        safe_mode: without effect: there is no other mode.
        strict_finite: refuse weights that are not finite; else they are warned of.

    Raises:
        UnsafeFileError, CorruptFileError, ResourceLimitError, IncompatibleWeightsError, UnsupportedVersionError:
            all of them `ModelFileError`s, with the file, the part of it, and the reason.
    """
    path = path_of(filepath)
    report = Restored(path)
    with in_file(path), opened(path) as source, located("it can't be read", of_file=True):
        _expect_archive(source, path)
        archive = Archive(source)
        check_version(archive)
        config = _config(archive)
        with in_file(member=WEIGHTS):
            found = hdf5.read(archive.read(WEIGHTS))
        settings = config.pop("compile_config", None)
        limit = sum(array.nbytes for name, array in found.walk() if not name.startswith("optimizer/")) + _SPARE
        with reading(of_file=True), scope(custom_objects or {}), in_file(member=CONFIG):
            approve(config)
            approve(settings)
            with promises.promising(limit) as promised:
                model = _checked(from_data(config))
                _restore(model, found, archive, report, strict_finite)
            promised.keep()
            if compile and settings:
                _compile(model, settings, found, report)
    model.restored = report
    return model


def to_json(model: Any, **kwargs: Any) -> str:
    """The config of a model as JSON, without weights; `kwargs` are those of `json.dumps`."""
    data = to_data(model)
    _refuse_lambdas(data)
    return json.dumps(data, **kwargs)


@named_arguments
def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """A new model, with new weights, from what `to_json` gave.

    Args:
        json_string: the JSON.
        custom_objects: classes and functions of the program, by name.

    Raises:
        ModelFileError: as `load_model` does.
    """
    text = json_string.encode("utf-8", "replace") if isinstance(json_string, str) else bytes(json_string)
    config = parsed(text, len(text))
    _check_numbers(config)
    if not is_record(config):
        raise CorruptFileError(f"describes no model; got {str(config)[:80]!r}.")
    with reading(of_file=True), scope(custom_objects or {}), located("it can't be read"):
        approve(config)
        return _checked(from_data(config))


def _checked(model: Any) -> Any:
    if not hasattr(model, "load_weights"):
        raise CorruptFileError(f"describes no model, but {type(model).__name__}.")
    return model


def _restore(model: Any, found: hdf5.Group, archive: Archive, report: Restored, strict: bool) -> None:
    restoring = Restoring(report)
    with in_file(member=WEIGHTS):
        match_objects(model, found, restoring)
        restoring.finish(strict)
    load_assets(model, archive)


def _compile(model: Any, settings: Any, found: hdf5.Group, report: Restored) -> None:
    """Compile a model as it was, and give its optimizer the state that it had."""
    with located("compile_config"):
        model.compile_from_config(settings)
    report.compiled = model.compiled_with()
    with in_file(member=WEIGHTS):
        restoring = Restoring(report)
        match_optimizer(model, found, restoring)
        weights = report.weights
        restoring.finish()
        report.weights = weights


def _expect_archive(source: Source, path: str) -> None:
    if path.lower().endswith((".h5", ".hdf5")):
        raise UnsupportedVersionError(
            "whole models in the format of Keras 2 are not read: make the model in the program, and give this file "
            "to its load_weights."
        )
    expect(source, b"PK", ".keras archive")


def _config(archive: Archive) -> dict[str, Any]:
    with in_file(member=CONFIG):
        config = read_json(archive, CONFIG)
        if not is_record(config):
            raise CorruptFileError(f"describes no model; got {str(config)[:80]!r}.")
        _check_numbers(config)
        return dict(config)


def _check_numbers(config: Any) -> None:
    """Infinities and NaN may stand where a layer or a function takes any number, and nowhere else."""
    todo = [(config, "")]
    while todo:
        value, name = todo.pop()
        if isinstance(value, float) and not abs(value) < float("inf"):
            raise CorruptFileError(f"{name!r} is {value}.")
        if isinstance(value, dict):
            todo += [(inner, key) for key, inner in value.items() if key not in _MAY_BE_INFINITE]
        elif isinstance(value, list):
            todo += [(inner, name) for inner in value]
