"""Files, settings, bars, drawings and other small helpers."""

import hashlib
import io
import os
import pathlib
import tarfile
import zipfile

import numpy as np
import pytest

import laminax as lx
from laminax import layers, utils


@pytest.fixture
def fetch(tmp_path):
    """`fetch(name, data, **more)`: `get_file` from a `file://` URL."""
    (tmp_path / "there").mkdir()

    def call(name="a b.txt", data=b"text", **more):
        source = tmp_path / "there" / name
        source.write_bytes(data)
        return pathlib.Path(utils.get_file(origin=source.as_uri(), cache_dir=tmp_path / "here", **more))

    call.folder = tmp_path / "here" / "datasets"
    return call


def test_a_file_is_fetched_once(fetch):
    path = fetch()
    assert path == fetch.folder / "a b.txt"
    assert path.read_bytes() == b"text"
    assert fetch(data=b"newer").read_bytes() == b"text"
    assert fetch(data=b"newer", force_download=True).read_bytes() == b"newer"
    assert fetch(fname="mine", cache_subdir="other").relative_to(fetch.folder.parent) == pathlib.Path("other/mine")
    assert os.listdir(fetch.folder) == ["a b.txt"]


@pytest.mark.parametrize("kind", ["sha256", "md5"])
def test_hashes(fetch, kind):
    right = hashlib.new(kind, b"text").hexdigest()
    fetch(data=b"spoilt")
    with pytest.raises(ValueError, match="does not have the hash"):
        fetch(data=b"spoilt", file_hash=right)
    assert os.listdir(fetch.folder) == ["a b.txt"]
    assert fetch(file_hash=right.upper()).read_bytes() == b"text"
    assert fetch(data=b"gone", file_hash=right).read_bytes() == b"text"
    if kind == "md5":
        assert fetch(md5_hash=right).read_bytes() == b"text"


def tar(members):
    """A tar archive of `(name, content or a link's target)`."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as file:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, content if kind != tarfile.REGTYPE else "", 0
            if kind == tarfile.REGTYPE:
                info.size = len(content)
            file.addfile(info, io.BytesIO(content.encode()) if kind == tarfile.REGTYPE else None)
    return data.getvalue()


def packed(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for info, content in members:
            file.writestr(info, content)
    return data.getvalue()


def test_archives(fetch):
    good = tar([("in/a.txt", "A", tarfile.REGTYPE)])
    place = fetch("all.tgz", good, extract=True)
    assert (place / "in/a.txt").read_text() == "A"
    assert place == fetch.folder / "all.tgz"
    place = fetch("all.zip", packed([("in/a.txt", "B")]), fname="both.zip", extract=True, archive_format="zip")
    assert place == fetch.folder / "both_extracted"
    assert (place / "in/a.txt").read_text() == "B"
    place = fetch("all.zip", packed([("c.txt", "C")]), fname="both.zip", extract=True, force_download=True)
    assert os.listdir(place) == ["c.txt"]
    with pytest.raises(ValueError, match=r"is no archive of the formats \['zip'\]"):
        fetch("one.tgz", good, extract=True, archive_format="zip")
    with pytest.raises(ValueError, match="Unknown archive_format 'rar'"):
        fetch("two.tgz", good, extract=True, archive_format="rar")


LINK = zipfile.ZipInfo("link")
LINK.external_attr = 0o120777 << 16


@pytest.mark.parametrize(
    ("archive", "member"),
    [
        pytest.param(tar, ("../out.txt", "!", tarfile.REGTYPE), id="tar: a folder above"),
        pytest.param(tar, ("/tmp/out.txt", "!", tarfile.REGTYPE), id="tar: from the root"),
        pytest.param(tar, ("link", "/etc", tarfile.SYMTYPE), id="tar: a symbolic link"),
        pytest.param(tar, ("link", "out.txt", tarfile.LNKTYPE), id="tar: a hard link"),
        pytest.param(tar, ("pipe", "", tarfile.FIFOTYPE), id="tar: a pipe"),
        pytest.param(packed, ("../out.txt", "!"), id="zip: a folder above"),
        pytest.param(packed, ("/tmp/out.txt", "!"), id="zip: from the root"),
        pytest.param(packed, ("in\\..\\..\\out.txt", "!"), id="zip: a folder above, by backslashes"),
        pytest.param(packed, (LINK, "/etc"), id="zip: a symbolic link"),
    ],
)
def test_archives_that_lead_out_are_not_extracted(fetch, archive, member):
    data = archive([member])
    with pytest.raises(ValueError, match=r"is not extracted: its member .* (leads out|is a link)"):
        fetch("bad", data, extract=True)
    assert os.listdir(fetch.folder) == ["bad_archive"]


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"origin": None}, ValueError, "needs the `origin`"),
        ({"origin": "gopher://a/b"}, ValueError, "must begin with one of http"),
        ({"origin": "file:///a/"}, ValueError, "a name without folders"),
        ({"origin": "file:///a", "fname": "../b"}, ValueError, "a name without folders"),
        ({"origin": "file:///a/%2e%2e"}, ValueError, "a name without folders"),
        ({"origin": "file:///a", "hash_algorithm": "crc"}, ValueError, "Unknown hash_algorithm"),
        ({"origin": "file:///nowhere/at/all"}, OSError, "can't be fetched"),
    ],
)
def test_bad_files(tmp_path, given, error, words):
    with pytest.raises(error, match=words):
        utils.get_file(cache_dir=tmp_path, **given)


def test_config():
    config = utils.Config(units=64, rate=0.1)
    config.rate, config["name"] = 0.2, "a"
    assert (config.units, config["rate"], dict(config)) == (64, 0.2, {"units": 64, "rate": 0.2, "name": "a"})
    assert config.to_json() == '{"units": 64, "rate": 0.2, "name": "a"}'
    del config.name
    config.freeze()
    assert config.frozen
    for change in (lambda: config.update(units=1), lambda: config.pop("rate"), lambda: setattr(config, "x", 1)):
        with pytest.raises(ValueError, match="Cannot mutate a frozen"):
            change()
    config.unfreeze()
    config.update(units=1)
    assert config.as_dict() == {"units": 1, "rate": 0.2}
    with pytest.raises(AttributeError, match="Did you mean 'units'"):
        _ = config.unit


def test_progbar(capsys):
    bar = utils.Progbar(4, verbose=2, stateful_metrics=["rate"])
    bar.update(1, [("loss", 4.0), ("rate", 0.5)])
    bar.add(3, [("loss", 2.0), ("rate", 0.25)])
    shown = capsys.readouterr().out
    assert shown.count("\n") == 1
    assert "loss 2.5000" in shown
    assert "rate 0.2500" in shown
    other = utils.Progbar(None, verbose=2, stateless_metrics=["loss"])
    other.update(2, [("loss", 1.0), ("acc", 0.5)])
    other.update(3, [("loss", [3.0, 5.0]), ("acc", np.array(1.0))], finalize=True)
    assert "loss 2.0000  acc 1.0000" in capsys.readouterr().out
    with pytest.raises(ValueError, match="only one of"):
        utils.Progbar(1, stateful_metrics=[], stateless_metrics=[])


def test_bars_do_not_move_where_logging_is_not_interactive():
    from laminax.callbacks.progress import Progress

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    assert utils.is_interactive_logging_enabled()
    assert Progress(stream=Terminal()).live
    utils.disable_interactive_logging()
    try:
        assert not lx.config.is_interactive_logging_enabled()
        assert not Progress(stream=Terminal()).live
    finally:
        utils.enable_interactive_logging()


def test_packing():
    assert utils.pack_x_y_sample_weight(1) == 1
    assert utils.pack_x_y_sample_weight([1]) == ([1],)
    assert utils.pack_x_y_sample_weight(1, 2) == (1, 2)
    assert utils.pack_x_y_sample_weight(1, None, 3) == (1, None, 3)
    assert utils.unpack_x_y_sample_weight((1, 2)) == (1, 2, None)
    assert utils.unpack_x_y_sample_weight([1, 2, 3]) == (1, 2, 3)
    assert utils.unpack_x_y_sample_weight("x") == ("x", None, None)
    with pytest.raises(ValueError, match="got 4"):
        utils.unpack_x_y_sample_weight((1, 2, 3, 4))


def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_array_equal(utils.normalize(x), [[0.6, 0.8], [0, 0]])
    np.testing.assert_allclose(utils.normalize(x, 0, 1), [[1, 1], [0, 0]])
    np.testing.assert_allclose(utils.normalize(lx.ops.convert_to_tensor(x)), [[0.6, 0.8], [0, 0]], rtol=1e-6)


def test_source_inputs():
    a, b = lx.Input((3,)), lx.Input((3,))
    c = layers.Add()([a, b])
    assert utils.get_source_inputs(layers.Dense(2)(c + a)) == [a, b]
    assert utils.get_source_inputs(a) == [a]


def model_of_branches():
    inputs = lx.Input((3,), name="pixels")
    inner = lx.Sequential([lx.Input((3,)), layers.Dense(2, activation="relu", name="wide")], name="inner")
    x = inner(inputs)
    return lx.Model(inputs, layers.Add(name="sum")([x, x * 2.0]))


def test_drawings():
    text = utils.model_to_dot(model_of_branches(), show_shapes=True, show_dtype=True).to_string()
    lines = text.splitlines()
    assert lines[0] == "digraph {"
    assert '  "0" [label="pixels (InputLayer)\\n(None, 3)\\nfloat32"];' in lines
    assert '"sum (Add)\\n(None, 2)\\nfloat32"' in text
    assert 'label="multiply\\n(None, 2)' in text
    assert text.count("->") == 4
    assert "cluster" not in text
    more = utils.model_to_dot(
        model_of_branches(), expand_nested=True, show_layer_activations=True, show_trainable=True, rankdir="LR"
    ).to_string()
    assert "rankdir=LR" in more
    assert 'subgraph cluster_1 { label="inner";' in more
    assert "wide (Dense)\\nactivation: relu\\ntrained" in more


def test_drawings_as_files(tmp_path, monkeypatch):
    utils.plot_model(model_of_branches(), tmp_path / "a.dot", show_layer_names=True)
    assert "pixels (InputLayer)" in (tmp_path / "a.dot").read_text()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImportError, match="needs Graphviz"):
        utils.plot_model(model_of_branches(), tmp_path / "a.png")
    with pytest.raises(ValueError, match="no layers to draw"):
        utils.model_to_dot(lx.Sequential())
    (tmp_path / "dot").write_text("#!/bin/sh\necho drawn $1\n")
    (tmp_path / "dot").chmod(0o755)
    utils.plot_model(model_of_branches(), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "drawn -Tpng\n"


def test_older_places():
    from laminax.preprocessing import image, sequence

    assert sequence.pad_sequences is utils.pad_sequences
    assert image.load_img is utils.load_img
    assert lx.preprocessing.timeseries_dataset_from_array is utils.timeseries_dataset_from_array
