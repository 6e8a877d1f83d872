"""Damages good files in ways that know their structure, and loads them: nothing may come of it but a `ModelFileError`.

    PYTHONPATH=tests python -m fuzz_saving 100000          # cases; then, if wanted, the first one's number
    PYTHONPATH=tests python -m fuzz_saving 1 4711          # case 4711 again

A case follows from its number alone. 100,000 take about half an hour on one core.
"""

import collections
import copy
import functools
import io
import json
import pathlib
import random
import resource
import struct
import sys
import tempfile
import time
import warnings
import zipfile

import jax
import keras_files

import laminax as lx

SEEDS = ["chain", "nested", "operators", "operations", "custom_layers", "subclass", "compiled", "optimizer_adam",
         "optimizer_loss_scale", "text_lookup_learnt", "text_counts", "residual", "encoder_and_decoder", "dicts",
         "initializers_and_rules", "family_categories", "family_normalization", "family_adapted"]  # fmt: skip
NUMBERS = [0, 1, 2, 7, 8, 127, 255, 256, 0x7FFF, 0xFFFF, 2**31 - 1, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1]
VALUES = [None, True, False, 0, -1, 3, 2.5, 10**9, 2**63 - 1, 1e308, -0.0, "", "..", "relu", "keras", "x" * 300, [], {},
          [None], [[]], {"a": 1}, "/etc/passwd", {"class_name": "Dense", "config": {}},
          {"class_name": "__numpy__", "config": {}},
          {"class_name": "function", "config": "relu", "module": "builtins", "registered_name": "relu"},
          {"class_name": "__slice__", "config": {"start": 0, "stop": 1, "step": 0}}]  # fmt: skip


@functools.cache
def archives():
    """The members of the archives to start from: Keras's own, and those that this package wrote."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = keras_files.unpack(pathlib.Path(folder))
        for name in SEEDS:
            found.append(members((path / f"{name}.keras").read_bytes()))
            lx.saving.load_model(path / f"{name}.keras").save(path / "ours.keras")
            found.append(members((path / "ours.keras").read_bytes()))
    return found


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@functools.cache
def others():
    """Files of weights to start from, by their ending, and a model for them."""
    with tempfile.TemporaryDirectory() as folder:
        path = keras_files.unpack(pathlib.Path(folder))
        model = lx.saving.load_model(path / "residual.keras")
        model.save_weights(path / "ours.safetensors")
        model.save_weights(path / "ours.weights.h5")
        names = ["residual.weights.h5", "residual.h5", "ours.safetensors", "ours.weights.h5"]
        return model, [(name[name.index(".") :], (path / name).read_bytes()) for name in names]


# Damage.


def damaged(rng, data):
    """Bytes with one or a few things changed."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        if not data:
            break
        at = rng.randrange(len(data))
        kind = rng.randrange(8)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.randrange(256)
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            del data[at : at + rng.choice([1, 4, 8, 100])]
        elif kind == 4:
            data[at:at] = rng.randbytes(rng.choice([1, 4, 8, 100]))
        elif kind == 5:
            size, other = rng.choice([1, 4, 8, 40]), rng.randrange(len(data))
            data[at : at + size] = data[other : other + size]
        elif kind == 6:
            number = struct.pack("<Q", rng.choice(NUMBERS))[: rng.choice([1, 2, 4, 8])]
            data[at : at + len(number)] = number
        else:
            data[at : at + 8] = struct.pack("<Q", rng.randrange(len(data)))  # a place in the file
    return bytes(data)


def places(value, path=()):
    """The path of every value in nested lists and dicts."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places(inner, (*path, i))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def changed(rng, config):
    """A config with one or a few values replaced, left out, doubled or exchanged."""
    config = copy.deepcopy(config)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        everywhere = [path for path in places(config) if path]
        if not everywhere:
            break
        path = rng.choice(everywhere)
        *outer, key = path
        holder = at(config, outer)
        kind = rng.randrange(6)
        if kind <= 1:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
        elif kind == 2:
            holder[key] = copy.deepcopy(at(config, rng.choice(everywhere)))
        elif kind == 3:
            del holder[key]
        elif kind == 4 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif kind == 4:
            holder[rng.choice(["evil", "name", "config", "units", "mask"])] = holder[key]
        elif isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
            holder[key] = rng.choice([-holder[key], holder[key] * 1000, holder[key] + 1, float(holder[key])])
        else:
            holder[key] = [holder[key]]
    return config


def packed(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return file.getvalue()


def case(number):
    """`(ending, bytes)` of a damaged file."""
    rng = random.Random(number)
    if rng.random() < 0.45:
        ending, data = rng.choice(others()[1])
        return ending, damaged(rng, data)
    files = dict(rng.choice(archives()))
    kind = rng.random()
    if kind < 0.55:
        files["config.json"] = json.dumps(changed(rng, json.loads(files["config.json"]))).encode()
    elif kind < 0.7:
        name = rng.choice(list(files))
        files[name] = damaged(rng, files[name])  # with checksums that are right
    elif kind < 0.75:
        name = rng.choice(list(files))
        files[rng.choice(["evil", "../evil", "assets/a", "config.json"])] = files.pop(name)
    else:
        return ".keras", damaged(rng, packed(files))
    return ".keras", packed(files)


def load(path):
    """Load a file as its ending says."""
    if path.suffix == ".keras":
        lx.saving.load_model(path)
    else:
        others()[0].load_weights(path)


def run(numbers, folder, seconds=1.0):
    """Load the cases of these numbers: how often each thing came of it, and what should not have come."""
    found, wrong = collections.Counter(), []
    for number in numbers:
        ending, data = case(number)
        path = pathlib.Path(folder) / f"case{ending}"
        path.write_bytes(data)
        start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            load(path)
            outcome = "loaded"
        except lx.saving.ModelFileError as error:
            outcome = type(error).__name__
            str(error)
        except Exception as error:
            outcome = "escaped"
            wrong.append((number, ending, repr(error)[:300]))
        if outcome != "loaded" and time.process_time() - start > seconds:  # what is loaded is compiled, too
            wrong.append((number, ending, f"took {time.process_time() - start:.1f} s"))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
        if grown > 64 + 2.5 * len(data) / 2**20:
            wrong.append((number, ending, f"took {grown} MiB"))
        found[outcome] += 1
    return found, wrong


def main(count, first=0):
    warnings.simplefilter("ignore")
    others(), archives()
    with open("/proc/self/statm") as status:
        now = int(status.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + (4 << 30),) * 2)  # so that what takes too much is told by its number
    with tempfile.TemporaryDirectory() as folder:
        for start in range(int(first), int(first) + int(count), 1000):
            found, wrong = run(range(start, min(start + 1000, int(first) + int(count))), folder)
            print(start, dict(found), f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB", flush=True)
            jax.clear_caches()  # of the shapes of many models
            for number, ending, words in wrong:
                print(f"  case {number} ({ending}): {words}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
