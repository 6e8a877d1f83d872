"""What layers keep besides weights: vocabularies, a token in each line."""

from typing import Any

from .._core.file_errors import CorruptFileError, IncompatibleWeightsError, in_file
from ..layers.preprocessing.files import InFiles, apart
from .archive import Archive
from .layout import objects

__all__ = ["apart", "load_assets", "model_assets"]


def model_assets(model: Any) -> dict[str, str]:
    """The texts that the layers of a model keep, by their names in the archive."""
    found = {}
    for path, owner in objects(model):
        if isinstance(owner, InFiles):
            for name, text in owner.save_assets().items():
                found.update({f"{where}/{name}": text for where in _places(path, owner)})
        elif hasattr(owner, "save_assets"):
            raise ValueError(
                f"{type(owner).__name__}.save_assets is not supported: a layer keeps what it has in variables and in "
                "its config."
            )
    return found


def _places(path: str, owner: Any) -> list[str]:
    """The folders of a layer: Keras keeps some twice."""
    start = f"assets/{path}" if path else "assets"
    return [start, *(f"{start}/{name}" for name in getattr(owner, "keras_copies", ()))]


def load_assets(model: Any, archive: Archive) -> None:
    """Give the layers of a model the texts in an archive."""
    left = set(archive.assets)
    for path, owner in objects(model):
        if isinstance(owner, InFiles):
            first, *copies = _places(path, owner)
            own = {name for name in left if name.rpartition("/")[0] == first}
            left -= own | {name for name in left if name.rpartition("/")[0] in copies}
            if own:
                with in_file(member=min(own)):
                    owner.load_assets({name.rpartition("/")[2]: _text(archive, name) for name in own})
    if left:
        raise IncompatibleWeightsError("belongs to no layer of the model.", member=min(left))


def _text(archive: Archive, name: str) -> str:
    content = archive.read(name)
    try:
        return content.read(0, content.size).decode("utf-8")
    except UnicodeDecodeError:
        raise CorruptFileError("is no UTF-8.") from None
