"""Gives the corpus to every entry point, in this process, which an audit hook watches.

    python -m hostile.run cases.json results.json

A result is the case, the entry point, what came of it, seconds, MiB of memory beyond what was in use before, and all
that happened which should not: an import, a file opened, a program or a connection started, code made or run.
"""

import contextlib
import gc
import json
import os
import sys
import time
import warnings

import numpy as np

import laminax as lx
from hostile.archives import CONFIG, archive
from laminax._core import catalog, settings
from laminax._core.reading import from_data

FORBIDDEN = ("import", "exec", "compile", "marshal.", "pickle.", "code.", "function.", "socket.", "subprocess.",
             "os.", "shutil.", "ctypes.", "tempfile.", "urllib.", "ftplib.", "http.", "sys.", "cpython.",
             "builtins.")  # fmt: skip
ALLOWED = ("sys._getframe", "os.fspath", "builtins.id")
happened, watching, given = [], [False], [""]


def watch(event, arguments):
    if watching[0] and event not in ALLOWED:
        if event == "open" and (
            arguments[0] == given[0] or (str(arguments[0]).endswith(".py") and arguments[1] == "r")
        ):
            return  # the file itself, or source that an error shows
        if event == "open" or event.startswith(FORBIDDEN):
            happened.append(f"{event} {str(arguments)[:100]}")


def memory():
    """Resident memory in MiB, and the most that it was since the last call."""
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    with open("/proc/self/clear_refs", "w") as clear:
        clear.write("5")
    return [int(lines[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM")]


def state():
    """What a program may have set, and no file may change."""
    return [settings.floatx(), settings.epsilon(), settings.image_data_format(), lx.config.dtype_policy().name,
            sorted(catalog.registered), len(catalog._classes),
            len(sys.modules), os.getcwd(), sorted(os.environ)]  # fmt: skip


def model():
    return lx.Sequential([lx.Input((4,)), lx.layers.Dense(3, name="dense")], name="s")


def entries(case):
    """The entry points that take such a case, by name."""
    path = case["path"]
    if case["to"] == "model":
        yield "load_model", lambda: lx.saving.load_model(path)
        if not os.path.basename(path).startswith("config"):
            yield "load_weights", lambda: model().load_weights(path)
    elif case["to"] == "weights":
        yield "load_weights", lambda: model().load_weights(path)
        yield "skip_mismatch", lambda: model().load_weights(path, skip_mismatch=True)
        yield "load_model_of_weights", lambda: lx.saving.load_model(path)
    else:
        with open(path) as file:
            text = file.read()
        config = json.loads(text)
        yield "model_from_json", lambda: lx.models.model_from_json(text)
        if case["error"] == "UnsafeFileError":
            yield "from_data", lambda: from_data(config)
            yield "deserialize_keras_object", lambda: lx.saving.deserialize_keras_object(config, safe_mode=False)
            yield "layers.deserialize", lambda: lx.layers.deserialize(config)
            if config["class_name"] in ("Sequential", "Functional") and "Evil" not in str(config["registered_name"]):
                yield "from_config", lambda: from_config(config)


def from_config(config):
    """By the class's own method, and what else the record holds."""
    made = (lx.Sequential if config["class_name"] == "Sequential" else lx.Model).from_config(config["config"])
    for key in ("build_config", "compile_config"):
        from_data(config.get(key))
    return made


def attempt(case, entry, call):
    happened.clear()
    before, given[0] = memory()[0], case["path"]
    start, outcome, message = time.process_time(), "loaded", ""
    watching[0] = True
    try:
        call()
    except lx.saving.ModelFileError as error:
        outcome, message = type(error).__name__, str(error)
    except Exception as error:
        outcome, message = f"escaped {type(error).__name__}", str(error)
    finally:
        watching[0] = False
    seconds, most = time.process_time() - start, memory()[1]
    return {"case": case["name"], "to": case["to"], "error": case["error"], "entry": entry, "outcome": outcome,
            "message": message[:400], "seconds": seconds, "memory": most - before, "happened": list(happened),
            "size": os.path.getsize(case["path"]), "path": case["path"]}  # fmt: skip


def warm_up(folder):
    """Load good files first: what JAX and Python import at their first use is none of a file's doing."""
    for name, data in (("good", archive()), ("bad", archive(config=b"{}"))):
        path = os.path.join(folder, f"{name}.keras")
        with open(path, "wb") as file:
            file.write(data)
    made = lx.saving.load_model(os.path.join(folder, "good.keras"))
    np.testing.assert_array_equal(made(np.ones((1, 4), "float32")), [[4, 4, 4]])
    made.save_weights(os.path.join(folder, "good.safetensors"))
    made.load_weights(os.path.join(folder, "good.safetensors"))
    made.load_weights(os.path.join(folder, "good.keras"))
    lx.models.model_from_json(json.dumps(CONFIG))
    for kind in ("bad.keras",):
        with contextlib.suppress(lx.saving.ModelFileError):
            lx.saving.load_model(os.path.join(folder, kind))


def main(cases, results):
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(1000)
    with open(cases) as file:
        given_cases = json.load(file)
    warm_up(os.path.dirname(cases))
    gc.freeze()  # what is there already need not be looked at again and again
    sys.addaudithook(watch)
    found = []
    for case in given_cases:
        for entry, call in entries(case):
            before = state()
            result = attempt(case, entry, call)
            if state() != before:
                result["happened"].append("settings changed")
            found.append(result)
    with open(results, "w") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
