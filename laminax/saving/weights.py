"""Weights in files: `.weights.h5` as Keras keeps them, `.safetensors` by path, `.h5` of Keras 2."""

from collections.abc import Mapping
from typing import Any

from .._core.errors import named_arguments
from .._core.file_errors import IncompatibleWeightsError, in_file
from .._core.holder import Holder, variables
from .._core.reading import located
from ..optimizers import Optimizer
from . import hdf5, keras2, safetensors
from .archive import WEIGHTS, Archive
from .atomic import replacing
from .hdf5.reader import SIGNATURE
from .kinds import expect, path_of
from .optimizers import match_optimizer, optimizer_arrays
from .report import Restored
from .restore import Restoring, layer_arrays, match_objects
from .source import Source, opened
from .version import check_version


@named_arguments
def save_weights(model: Any, filepath: Any, overwrite: bool = True, max_shard_size: None = None) -> None:
    """Write the weights of a model. The file is whole or, if writing fails, as it was.

    Args:
        model: the model.
        filepath: a name that ends with `.weights.h5`, for the file that Keras 3 would write, or with `.safetensors`,
            for all variables by path, the state of random layers too.
        overwrite: whether an existing file may be replaced.
        max_shard_size: not supported: a model is one file.
    """
    path = path_of(filepath)
    if max_shard_size is not None:
        raise ValueError("max_shard_size is not supported: weights are kept in one file.")
    if not path.endswith((".weights.h5", ".safetensors")):
        raise ValueError(f"Weights are kept in .weights.h5 or .safetensors files; got {path!r}.")
    cells = variables(model)
    if not cells:
        raise ValueError(f"{model.name!r} has no weights yet: call it on data, or `build(input_shape)`, first.")
    with replacing(path, overwrite) as file:
        if path.endswith(".safetensors"):
            safetensors.write(file, {name: variable.value for name, variable in cells.items()})
        else:
            hdf5.write(file, keras_arrays(model))


@named_arguments
def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, by_name: bool = False) -> Restored:
    """Read weights into a model: all that are in the file, or, if they do not fit, none.

    Args:
        model: the model, built.
        filepath: a `.weights.h5`, `.keras` or `.safetensors` file, or an `.h5` file of Keras 2, whose weights are
            taken layer by layer in order.
        skip_mismatch: leave out what does not fit, with a warning.
        by_name: for an `.h5` file of Keras 2, match layers by name.

    Returns:
        What was read.

    Raises:
        IncompatibleWeightsError: naming what is missing, unknown, or of another shape or type.
        ModelFileError: for a file that is damaged, or none of these.
    """
    path = path_of(filepath)
    report = Restored(path)
    restoring = Restoring(report, skip_mismatch)
    if not path.endswith((".safetensors", ".weights.h5", ".keras", ".h5", ".hdf5")):
        raise ValueError(f"Weights are kept in .weights.h5, .safetensors, .keras or .h5 files; got {path!r}.")
    with in_file(path), opened(path) as source, located("it can't be read", of_file=True):
        if path.endswith(".safetensors"):
            _match_paths(variables(model), safetensors.read(source), restoring)
        elif path.endswith((".weights.h5", ".keras")):
            found = read_keras(source, path.endswith(".keras"))
            _check_built(model, found)
            match_objects(model, found, restoring)
            match_optimizer(model, found, restoring)
        else:
            expect(source, SIGNATURE, "HDF5 file")
            keras2.match(model, hdf5.read(source), restoring, by_name)
        restoring.finish()
    return report


def keras_arrays(model: Any) -> dict[str, Any]:
    """The arrays that Keras keeps of a model and its optimizer, by path."""
    optimizer = getattr(model, "optimizer", None)
    kept = isinstance(optimizer, Optimizer) and optimizer.in_keras
    return {**layer_arrays(model), **(optimizer_arrays(model) if kept else {})}


def read_keras(source: Source, archived: bool) -> hdf5.Group:
    """The tree of a `.weights.h5` file, or of that in a `.keras` file."""
    if archived:
        expect(source, b"PK", ".keras archive")
        archive = Archive(source)
        check_version(archive)
        for name in archive.members:
            archive.read(name)
        with in_file(member=WEIGHTS):
            return hdf5.read(archive.read(WEIGHTS))
    expect(source, SIGNATURE, "HDF5 file")
    return hdf5.read(source)


def _check_built(model: Holder, found: hdf5.Group) -> None:
    if not variables(model) and found:
        raise IncompatibleWeightsError(
            f"can't be loaded: {model.name!r} has no weights yet. Call it on data, or `build(input_shape)`, first."
        )


def _match_paths(cells: Mapping[str, Any], found: Mapping[str, Any], restoring: Restoring) -> None:
    for name, variable in cells.items():
        if name in found:
            restoring.match(name, variable, found[name])
        else:
            restoring.missing.append(name)
    restoring.unknown += [name for name in found if name not in cells]
