"""Files of the format safetensors that break one of its rules, and others that are no files of weights."""

import json
import pickle
import struct

import numpy as np

from hostile.archives import CORRUPT, LIMIT, UNSAFE, Marker

MISFIT = "IncompatibleWeightsError"
KERNEL = {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}
BIAS = {"dtype": "F32", "shape": [3], "data_offsets": [48, 60]}
GOOD = {"layers/dense/kernel": KERNEL, "layers/dense/bias": BIAS}


def made(header=None, data=bytes(60), length=None, **changed):
    """A file with these entries changed, or with this header."""
    entries = {"layers/dense/kernel": {**KERNEL, **changed}, "layers/dense/bias": BIAS}
    text = header if isinstance(header, bytes) else json.dumps(entries if header is None else header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def both(kernel, bias, size=60):
    return made({"layers/dense/kernel": {**KERNEL, **kernel}, "layers/dense/bias": {**BIAS, **bias}}, bytes(size))


def files():
    """`{name: (ending, bytes, error)}`."""
    text = json.dumps({"layers/dense/kernel": KERNEL, "layers/dense/bias": BIAS}).encode()
    found = {
        "empty": (b"", CORRUPT),
        "seven_bytes": (bytes(7), CORRUPT),
        "no_header": (bytes(8), CORRUPT),
        "header_beyond_the_end": (made(length=10**6), CORRUPT),
        "header_of_exabytes": (made(length=2**63), CORRUPT),
        "no_json": (made(b"{" + b"x" * 20), CORRUPT),
        "no_utf8": (made(b'{"\xff": 1}'), CORRUPT),
        "list": (made([1]), CORRUPT),
        "blanks_first": (made(b"  " + text), CORRUPT),
        "nested": (made(b'{"a":' * 50_000), LIMIT),
        "name_twice": (made(text[:-1] + b', "layers/dense/bias": ' + json.dumps(BIAS).encode() + b"}"), CORRUPT),
        "unknown_field": (made(evil=1), CORRUPT),
        "missing_field": (made({"layers/dense/kernel": {"dtype": "F32"}}), CORRUPT),
        "entry_is_a_number": (made({"layers/dense/kernel": 3}), CORRUPT),
        "notes_are_numbers": (made({"__metadata__": {"a": 1}, **GOOD}), CORRUPT),
        "notes_are_a_list": (made({"__metadata__": [], **GOOD}), CORRUPT),
        "unknown_type": (made(dtype="EVIL"), UNSAFE),
        "type_is_a_number": (made(dtype=3), UNSAFE),
        "negative_size": (made(shape=[-4, -3]), CORRUPT),
        "size_is_a_float": (made(shape=[4.0, 3]), CORRUPT),
        "size_is_true": (made(shape=[12, True]), CORRUPT),
        "shape_is_a_text": (made(shape="43"), CORRUPT),
        "product_overflows": (made(shape=[2**62, 2**62, 4]), CORRUPT),
        "zero_and_huge": (made(shape=[0, 2**60]), CORRUPT),
        "many_axes": (made(shape=[4, 3] + [1] * 5000), LIMIT),
        "span_too_short": (made(data_offsets=[0, 44]), CORRUPT),
        "span_reversed": (made(data_offsets=[48, 0]), CORRUPT),
        "span_negative": (made(data_offsets=[-48, 0]), CORRUPT),
        "span_of_three": (made(data_offsets=[0, 24, 48]), CORRUPT),
        "span_beyond_the_end": (both({}, {"data_offsets": [10**9, 10**9 + 12]}), CORRUPT),
        "overlap": (both({}, {"data_offsets": [40, 52]}), CORRUPT),
        "gap": (both({}, {"data_offsets": [52, 64]}, 64), CORRUPT),
        "trailing": (made(data=bytes(61)), CORRUPT),
        "cut_off": (made(data=bytes(59)), CORRUPT),
        "other_shape": (both({"shape": [3, 4]}, {}), MISFIT),
        "integers": (both({"dtype": "I32"}, {}), MISFIT),
        "missing": (made({"layers/dense/kernel": KERNEL}, bytes(48)), MISFIT),
        "unknown": (made({**GOOD, "evil": {**BIAS, "data_offsets": [60, 72]}}, bytes(72)), MISFIT),
        "path_as_name": (made({"../../evil": KERNEL, "layers/dense/bias": BIAS}), MISFIT),
        "checksum_of_nobody": (made({"__metadata__": {"crc32 evil": "00000000"}, **GOOD}), CORRUPT),
        "wrong_checksum": (made({"__metadata__": {"crc32 layers/dense/bias": "00000000"}, **GOOD}), CORRUPT),
        "pickle": (pickle.dumps(Marker()), CORRUPT),
    }  # fmt: skip
    others = {
        f"format{ending.replace('.', '_')}": (ending, pickle.dumps(Marker()), UNSAFE)
        for ending in (".pt", ".pth", ".bin", ".pkl", ".pickle", ".joblib", ".npz", ".npy", ".ckpt", ".pb", ".yaml")
    }
    h5 = {
        "keras2_without_names": (".h5", _named({}), CORRUPT),
        "keras2_without_the_group": (".h5", _named({"layer_names": ["dense"]}), CORRUPT),
        "keras2_names_are_numbers": (".h5", _named({"layer_names": [1, 2]}), CORRUPT),
        "keras2_weight_outside": (".h5", _named({"layer_names": ["g"]}, {"weight_names": ["../evil"]}), CORRUPT),
        "keras2_weight_is_a_group": (".h5", _named({"layer_names": ["g"]}, {"weight_names": ["a"]}), CORRUPT),
        "keras2_other_layers": (".h5", _named({"layer_names": ["g"]}, {"weight_names": []}), MISFIT),
        "keras2_other_weights": (".h5", _named({"layer_names": ["g"]}, {"weight_names": ["b"]}), MISFIT),
        "keras2_pickle": (".h5", pickle.dumps(Marker()), UNSAFE),
    }
    return {**{name: (".safetensors", data, error) for name, (data, error) in found.items()}, **others, **h5}


def _named(root, group=None):
    """A file of Keras 2 with these attributes."""
    import io

    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as written:
        written.attrs.update(
            {
                key: np.array(value, h5py.string_dtype() if value and isinstance(value[0], str) else None)
                for key, value in root.items()
            }
        )
        inside = written.create_group("g")
        inside.create_group("a")
        inside["b"] = np.ones(3, "float32")
        if group is not None:
            inside.attrs.update(
                {key: np.array(value, h5py.string_dtype() if value else "f8") for key, value in group.items()}
            )
    return file.getvalue()
