"""Files and configs that no honest program wrote, each harmless in itself: markers instead of attacks.

`corpus(folder)` makes them. A case says what it is given to, and which error must come. `run.py` gives them to every
entry point, in a process of its own that is watched.
"""

import dataclasses
import json
import pathlib
from typing import Any

from hostile import archives, configs, tensors, weights


@dataclasses.dataclass(frozen=True)
class Case:
    """One of the corpus.

    Attributes:
        name: what is wrong with it.
        to: `"model"` for a file that `load_model` reads, `"weights"` for one that `load_weights` reads, `"config"`.
        path: the file, or the JSON of a config.
        error: the class that must be raised.
    """

    name: str
    to: str
    path: str
    error: str


def corpus(folder: pathlib.Path) -> list[dict[str, Any]]:
    """Write all files, and give the cases."""
    cases = []
    for kind, module in (("archive", archives), ("weights", weights), ("tensors", tensors)):
        for name, (ending, data, error) in module.files().items():
            path = folder / f"{kind}_{name}{ending}"
            path.write_bytes(data)
            cases.append(Case(name, "model" if ending == ".keras" else "weights", str(path), error))
    for name, (config, error) in configs.configs().items():
        text = config if isinstance(config, str) else json.dumps(config)
        path = folder / f"config_{name}.keras"
        path.write_bytes(archives.archive(config=text.encode("utf-8", "surrogatepass")))
        cases.append(Case(name, "model", str(path), error))
        if not isinstance(config, str) and not name.startswith(
            "large"
        ):  # which no weights bound: it makes what it says
            path = folder / f"config_{name}.json"
            path.write_text(text)
            cases.append(Case(name, "config", str(path), error))
    return [dataclasses.asdict(case) for case in cases]
