"""What files seldom have: very large archives, compressed members, odd attributes, texts that are none."""

import io
import json
import os
import subprocess
import sys
import zipfile
import zlib

import h5py
import keras_files
import numpy as np
import pytest

import laminax as lx
from laminax import layers, saving
from laminax._core.patterns import check_patterns
from laminax.saving import CorruptFileError, ResourceLimitError, UnsafeFileError, archive, archive_writer, hdf5
from laminax.saving.archive import Archive, Member
from laminax.saving.hdf5.checksum import lookup3
from laminax.saving.source import Source


def source(data):
    return Source(data, 0, len(data))


def packed(members, **more):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, **more)
    return file.getvalue()


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_archives_of_more_than_4_gb(monkeypatch):
    """Numbers of more than 32 bits stand apart; here from 100 on, so that the file may be small."""
    monkeypatch.setattr(archive_writer, "_LARGE", 100)
    file = io.BytesIO()
    writer = archive_writer.Writer(file)
    for name, size in (("config.json", 150), ("model.weights.h5", 300), ("assets/a", 3)):
        with writer.member(name, size) as member:
            member.write(bytes(size))
    writer.close()
    data = file.getvalue()
    assert b"PK\6\6" in data
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert [info.file_size for info in archive.infolist()] == [150, 300, 3]
    ours = Archive(source(data))
    assert [ours.read(name).size for name in ours.members] == [150, 300, 3]
    for at in (data.index(b"PK\6\6"), data.index(b"PK\6\7") + 8):
        with pytest.raises(CorruptFileError, match=r"the (end|directory) of the archive"):
            Archive(source(data[:at] + b"\1" + data[at + 1 :]))
    entry = data.index(b"PK\1\2")
    with pytest.raises(CorruptFileError):
        Archive(source(data[: entry + 30] + b"\0\0" + data[entry + 32 :]))


def test_compressed_members(tmp_path):
    """As a program that packs files anew leaves them."""
    model = lx.Sequential([lx.Input((4,)), layers.Dense(3)])
    path = tmp_path / "m.keras"
    model.save(path)
    data = packed(members_of(path), compress_type=zipfile.ZIP_DEFLATED)
    path.write_bytes(data)
    np.testing.assert_array_equal(lx.saving.load_model(path).get_weights()[0], model.get_weights()[0])
    at = data.index(b"model.weights.h5") + 60
    path.write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])
    with pytest.raises(CorruptFileError, match=r"is damaged|the size that it should have|checksum"):
        lx.saving.load_model(path)


def test_compressed_members_that_are_damaged():
    stored = zlib.compressobj(wbits=-15)
    data = stored.compress(b"x" * 100) + stored.flush()
    member = Member("m", 0, 8, bytes(4), 0, len(data), 100, 0)
    assert archive._inflated(source(data), member).read(0, 100) == b"x" * 100
    with pytest.raises(CorruptFileError, match="is damaged"):
        archive._inflated(source(b"\xff" + data[1:]), member)
    for size in (99, 101):
        with pytest.raises(CorruptFileError, match="the size that it should have"):
            archive._inflated(source(data), member._replace(size=size))


def test_a_system_without_locks(tmp_path):
    """Windows: files and checkpoints are written and read all the same."""
    program = f"""
import builtins, sys
real = builtins.__import__
def without_locks(name, scope=None, *args, **kwargs):
    if name == "fcntl" and scope["__name__"].startswith("laminax"):
        raise ImportError
    return real(name, scope, *args, **kwargs)
builtins.__import__ = without_locks
import numpy as np
import laminax as lx
assert lx.saving.atomic.fcntl is None
x = np.ones((8, 4), "float32")
for epochs in (1, 2):
    model = lx.Sequential([lx.Input((4,)), lx.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1] * 2, batch_size=4, epochs=epochs, verbose=0, resume={str(tmp_path / "run")!r})
model.save({str(tmp_path / "m.keras")!r})
model.save({str(tmp_path / "m.keras")!r}, overwrite=True)
assert (lx.saving.load_model({str(tmp_path / "m.keras")!r}).predict(x, verbose=0) == model.predict(x, verbose=0)).all()
print(model.history.epoch)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "[0, 1]\n", done.stderr
    assert sorted(os.listdir(tmp_path)) == ["m.keras", "run"]


def test_vocabularies_that_are_none(tmp_path):
    layer = layers.IntegerLookup()
    layer.adapt([3, 4, 4])
    path = tmp_path / "m.keras"
    lx.Sequential([lx.Input((1,), dtype="int64"), layer]).save(path)
    good = members_of(path)
    (name,) = (name for name in good if name.startswith("assets/"))
    for text, words in ((b"\xff\xfe", "no UTF-8"), (b"1\nevil", "no integer")):
        path.write_bytes(packed({**good, name: text}))
        with pytest.raises(CorruptFileError, match=words) as caught:
            lx.saving.load_model(path)
        assert caught.value.member == name
    path.write_bytes(packed({**good, name: good[name] + b"\n\n"}))
    assert lx.saving.load_model(path).layers[0].get_vocabulary() == layer.get_vocabulary()
    with pytest.raises(CorruptFileError, match="a vocabulary has no evil"):
        layer.load_own_variables({"evil": 1})


def test_what_hdf5_may_hold_besides():
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        group = root.create_group("layers/dense/vars")
        group["0"] = np.array([True, False])
        group["1"] = np.arange(4, dtype="uint8")
        group["2"] = np.zeros((0, 3), "float32")
        group.attrs.update({"name": "", "numbers": [1.5, 2.5], "one": 7, "words": ["a", "b"], "of_bytes": b"c"})
        group.attrs["pair"] = np.array([(1, 2.0)], [("a", "i4"), ("b", "f4")])  # has no meaning here
    found = hdf5.read(source(file.getvalue())).at("layers/dense/vars")
    assert [(item.read().dtype.name, item.read().tolist()) for _, item in found.walk()] == [
        ("bool", [True, False]),
        ("uint8", [0, 1, 2, 3]),
        ("float32", []),
    ]
    wanted = {"name": "", "numbers": [1.5, 2.5], "one": 7, "words": ["a", "b"], "of_bytes": "c", "pair": None}
    assert found.attributes == wanted
    ours = io.BytesIO()
    hdf5.write(ours, {"vars/0": np.array([True, False])})
    with h5py.File(ours) as root:
        assert root["vars/0"][()].tolist() == [True, False]
    assert lookup3(b"") == 0xDEADBEEF


def test_a_file_that_shrinks_while_it_is_read():
    file = io.BytesIO(b"12345678")
    with pytest.raises(CorruptFileError, match="became shorter"):
        Source(file, 0, 12).read(4, 8)


def test_names_of_keras_2_in_parts(tmp_path):
    """HDF5 has no room for long lists of names in one attribute."""
    model = lx.Sequential([lx.Input((4,)), layers.Dense(3), layers.Dense(2)])
    with h5py.File(tmp_path / "m.h5", "w") as root:
        for i, layer in enumerate(model.layers):
            root.attrs[f"layer_names{i}"] = [f"l{i}"]
            group = root.create_group(f"l{i}")
            for j, weight in enumerate(layer.weights):
                group[f"w{j}"] = np.full(weight.shape, 10 * i + j, "float32")
                group.attrs[f"weight_names{j}"] = [f"w{j}"]
    model.load_weights(tmp_path / "m.h5")
    assert [float(weight.numpy().flat[0]) for weight in model.weights] == [0, 1, 10, 11]


def test_json_that_describes_no_model():
    for text in ("[1]", '"Dense"', "{}"):
        with pytest.raises(CorruptFileError, match="describes no model"):
            lx.models.model_from_json(text)


def test_json_as_bytes_and_graphs_as_keras_2_wrote_them():
    x = lx.Input((4,))
    dense = layers.Dense(4)
    config = json.loads(lx.Model(x, layers.Add()([dense(x), x])).to_json())
    for record in config["config"]["layers"]:
        for i, call in enumerate(record["inbound_nodes"]):
            tensors = call["args"][0] if isinstance(call["args"][0], list) else call["args"]
            places = [[*tensor["config"]["keras_history"], {}] for tensor in tensors]
            record["inbound_nodes"][i] = places
    model = lx.models.model_from_json(json.dumps(config).encode())
    np.testing.assert_array_equal(model(np.ones((1, 4), "float32")).shape, (1, 4))
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer", "Dense", "Add"]


def test_patterns_in_configs():
    """One that could take very long is refused; those that programs write are not."""
    check_patterns([".*kernel", "encoder/.*/(kernel|bias)", "block_[0-9]+/.*"])
    for evil in ("(a+)+$", "(a|a)*b", ".*.*.*.*c", "(x{1,9}){1,9}"):
        for of_class in (
            {"module": "keras.optimizers", "class_name": "Muon", "config": {"exclude_layers": [evil]}},
            {
                "module": "keras.dtype_policies",
                "class_name": "DTypePolicyMap",
                "config": {"default_policy": None, "policy_map": {evil: "float32"}},
            },
        ):
            with pytest.raises(UnsafeFileError, match="could take very long"):
                saving.deserialize_keras_object(of_class)
    muon = lx.optimizers.Muon(exclude_layers=["head.*"])
    assert saving.deserialize_keras_object(saving.serialize_keras_object(muon)).exclude_layers == ["head.*"]


def test_limits_of_config_and_memory():
    class Endless(layers.Layer):
        def __init__(self, depth, **kwargs):
            super().__init__(**kwargs)
            raise MemoryError

    model = lx.Sequential([layers.Dense(1)])
    config = json.loads(model.to_json())
    config["config"]["layers"] = [{"module": None, "class_name": "Endless", "config": {"depth": 3}}]
    with pytest.raises(ResourceLimitError, match="MemoryError"):
        lx.models.model_from_json(json.dumps(config), {"Endless": Endless})


def test_operations_without_tensors():
    """A file holds ways to results, and no results: nothing is computed because it says so."""
    x = lx.Input((4,))
    config = json.loads(lx.Model(x, lx.ops.add(x, 1.0)).to_json())
    config["config"]["layers"][-1]["inbound_nodes"][0]["args"] = [10**9, 1.0]
    with pytest.raises(CorruptFileError, match="the operation Add is called on no tensor"):
        lx.models.model_from_json(json.dumps(config))


def test_what_programs_register():
    assert saving.get_registered_name(keras_files.Net) == "tests>Net"
    assert saving.get_registered_object("tests>Net") is keras_files.Net
    assert saving.get_registered_object("nobody") is None
    assert saving.get_custom_objects()["tests>double"] is keras_files.double
    with pytest.raises(ValueError, match="it has no get_config"):
        saving.register_keras_serializable("tests")(type("Bare", (), {}))
