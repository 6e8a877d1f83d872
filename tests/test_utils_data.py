"""Datasets of arrays and of files, and helpers with sequences."""

import threading
import time
import wave

import numpy as np
import pytest

import laminax as lx
from laminax import layers, utils
from laminax.data.dataset import Numbered, Samples
from laminax.preprocessing.image import smart_resize
from laminax.utils.audio_folders import read_wav
from laminax.utils.images import INTERPOLATIONS, resampled


class Numbers(utils.PyDataset):
    """Batch `i` is `i`, made slowly, the later ones faster."""

    def __init__(self, count, **kwargs):
        super().__init__(**kwargs)
        self.count, self.threads, self.told = count, set(), []

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        self.threads.add(threading.get_ident())
        time.sleep(0.004 if i == 0 else 0)
        return np.full((2, 1), i, "float32"), np.full((2, 1), 2 * i, "float32")

    def on_epoch_begin(self):
        self.told.append("begin")

    def on_epoch_end(self):
        self.told.append("end")


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_come_in_order_whoever_makes_them(workers):
    data = Numbers(20, workers=workers, max_queue_size=4)
    assert [int(x[0, 0]) for x, _ in data] == list(range(20))
    assert (threading.get_ident() in data.threads) == (workers == 1)
    assert data.num_batches == 20


def test_a_pass_may_begin_at_any_batch():
    data = Numbers(4)
    batches = Numbered(4, data.batches)
    assert iter(batches) is batches
    assert [int(x[0, 0]) for x, _ in batches] == [0, 1, 2, 3]
    assert batches.jump(2) == 2
    assert [int(x[0, 0]) for x, _ in batches] == [2, 3]
    assert batches.jump(None) == 4
    assert list(batches) == []


def test_a_batch_that_there_is_not():
    data = Samples(lambda rows: rows, 10, 4)
    assert data[2].tolist() == [8, 9]
    for index in (-1, 3):
        with pytest.raises(IndexError, match=f"There are 3 batches; got the number {index}"):
            data[index]


def test_an_error_in_a_thread_comes_through():
    class Broken(Numbers):
        def __getitem__(self, i):
            raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        list(Broken(3, workers=2))


def test_a_dataset_without_an_end():
    class Endless(utils.Sequence):
        def __getitem__(self, i):
            return i

    batches = iter(Endless(workers=2))
    assert [next(batches) for _ in range(5)] == [0, 1, 2, 3, 4]
    batches.close()
    with pytest.raises(NotImplementedError, match="must define __getitem__"):
        next(iter(utils.PyDataset()))


def test_fit_takes_datasets_and_shuffles_their_batches():
    seen = []

    class Watched(Numbers):
        def __getitem__(self, i):
            seen.append(i)
            return super().__getitem__(i)

    model = lx.Sequential([layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    data = Watched(8)
    history = model.fit(data, epochs=3, verbose=0)
    passes = [tuple(seen[i : i + 8]) for i in range(0, 24, 8)]
    assert all(sorted(order) == list(range(8)) for order in passes)
    assert len(set(passes)) == 3
    assert data.told == ["begin", "end"] * 3
    assert len(history.history["loss"]) == 3
    seen.clear()
    model.fit(data, shuffle=False, verbose=0)
    model.evaluate(data, verbose=0)
    assert seen == list(range(8)) * 2


def test_windows_of_a_series():
    data, targets = np.arange(10.0), np.arange(10) * 10
    made = utils.timeseries_dataset_from_array(data, targets, 3, sequence_stride=2, sampling_rate=2, batch_size=2)
    batches = list(made)
    assert len(made) == len(batches) == 2
    np.testing.assert_array_equal(np.concatenate([x for x, _ in batches]), [[0, 2, 4], [2, 4, 6], [4, 6, 8]])
    np.testing.assert_array_equal(np.concatenate([y for _, y in batches]), [0, 20, 40])
    alone = utils.timeseries_dataset_from_array(data, None, 2, batch_size=None, start_index=3, end_index=6)
    np.testing.assert_array_equal(list(alone), [[3, 4], [4, 5]])
    drawn = utils.timeseries_dataset_from_array(data, None, 1, batch_size=10, shuffle=True, seed=1)
    orders = []
    for _ in range(2):
        orders.append(tuple(next(iter(drawn))[:, 0]))
        drawn.on_epoch_end()
    assert sorted(orders[0]) == sorted(orders[1]) == list(data)
    assert orders[0] != orders[1]
    with pytest.raises(ValueError, match="no window of 6 values, 2 apart"):
        utils.timeseries_dataset_from_array(data, None, 6, sampling_rate=2)
    with pytest.raises(ValueError, match="sampling_rate"):
        utils.timeseries_dataset_from_array(data, None, 6, sampling_rate=10)


def test_a_dataset_split_in_two():
    x, y = np.arange(10), np.arange(10) * 2
    left, right = utils.split_dataset((x, y), left_size=0.7)
    assert (len(left), len(right)) == (7, 3)
    assert [tuple(map(int, pair)) for pair in right] == [(7, 14), (8, 16), (9, 18)]
    (batch, labels), *_ = left.batch(4)
    np.testing.assert_array_equal(batch, [0, 1, 2, 3])
    np.testing.assert_array_equal(labels, [0, 2, 4, 6])
    doubled = left.batch(4).map(lambda a, b: (2 * a, b))
    np.testing.assert_array_equal(doubled[0][0], [0, 2, 4, 6])
    one, two = utils.split_dataset({"a": x}, right_size=4, shuffle=True, seed=3)
    drawn = [int(e["a"]) for e in one] + [int(e["a"]) for e in two]
    assert sorted(drawn) == list(x)
    assert drawn != list(x)
    first, _ = utils.split_dataset(Numbers(4), left_size=3)
    assert [int(e[0][0, 0]) for e in first] == [0, 1, 2]
    for sizes, words in (({}, "give left_size"), ({"left_size": 10}, "less than 10"), ({"left_size": 1.5}, "fraction")):
        with pytest.raises(ValueError, match=words):
            utils.split_dataset(x, **sizes)
    with pytest.raises(ValueError, match="split into 8 and 8"):
        utils.split_dataset(x, 8, 8)


def test_padded_sequences():
    given = [[1, 2, 3], [4], []]
    np.testing.assert_array_equal(utils.pad_sequences(given), [[1, 2, 3], [0, 0, 4], [0, 0, 0]])
    np.testing.assert_array_equal(utils.pad_sequences(given, 2), [[2, 3], [0, 4], [0, 0]])
    options = {"padding": "post", "truncating": "post", "value": 9, "dtype": "float32"}
    found = utils.pad_sequences(given, 2, **options)
    np.testing.assert_array_equal(found, [[1, 2], [4, 9], [9, 9]])
    assert found.dtype == "float32"
    texts = utils.pad_sequences([["a"], ["b", "c"]], dtype=object, value="-")
    assert texts.tolist() == [["-", "a"], ["b", "c"]]
    assert utils.pad_sequences([np.ones((1, 2)), np.ones((3, 2))]).shape == (2, 3, 2)
    for call, words in (
        (lambda: utils.pad_sequences([1, 2]), "list of iterables"),
        (lambda: utils.pad_sequences(given, padding="left"), "Unknown padding 'left'"),
        (lambda: utils.pad_sequences([["a"]], value="-"), "use dtype=object"),
        (lambda: utils.pad_sequences([np.ones((1, 2)), np.ones((1, 3))]), "sequence 1 have the shape"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


@pytest.fixture
def texts(tmp_path):
    for kind, words in (("bad", "no awful"), ("good", "fine great yes")):
        (tmp_path / kind).mkdir()
        for i, word in enumerate(words.split()):
            (tmp_path / kind / f"{i}.txt").write_text(word)
    (tmp_path / "good" / "notes.md").write_text("not this")
    return tmp_path


def test_texts_in_folders(texts, capsys):
    made = utils.text_dataset_from_directory(texts, shuffle=False, batch_size=3, max_length=4)
    assert capsys.readouterr().out == "Found 5 files belonging to 2 classes.\n"
    assert made.class_names == ["bad", "good"]
    (words, labels), (rest, _) = made
    assert [*words, *rest] == ["no", "awfu", "fine", "grea", "yes"]
    np.testing.assert_array_equal(labels, [0, 0, 1])
    assert made.file_paths[0].endswith("0.txt")


def test_texts_without_labels_are_all_below_the_folder(texts):
    (texts / "a.txt").write_text("own")
    made = utils.text_dataset_from_directory(texts, label_mode=None, shuffle=False, batch_size=None, verbose=False)
    assert sorted(made) == ["awful", "fine", "great", "no", "own", "yes"]
    some = utils.text_dataset_from_directory(texts, label_mode=None, class_names=["bad"], batch_size=None)
    assert sorted(some) == ["awful", "no"]


@pytest.mark.parametrize(("mode", "wanted"), [("binary", [[1], [0]]), ("categorical", [[1, 0], [0, 1]])])
def test_labels_of_folders(texts, mode, wanted):
    made = utils.text_dataset_from_directory(
        texts, label_mode=mode, class_names=["good", "bad"], shuffle=False, verbose=False, batch_size=5
    )
    _, labels = made[0]
    found = labels[[4, 0]] if mode == "binary" else labels[[0, 4]]
    np.testing.assert_array_equal(found, wanted)
    assert labels.dtype == "float32"


def test_parts_of_a_folder_share_no_file(texts, capsys):
    given = {"validation_split": 0.4, "seed": 5}
    first = utils.text_dataset_from_directory(texts, subset="training", **given)
    second = utils.text_dataset_from_directory(texts, subset="validation", **given)
    assert "Using 3 files for training." in capsys.readouterr().out
    both = utils.text_dataset_from_directory(texts, subset="both", **given)
    assert [set(part.file_paths) for part in both] == [set(first.file_paths), set(second.file_paths)]
    assert not set(first.file_paths) & set(second.file_paths)
    assert len(first.file_paths) == 3
    plain = utils.text_dataset_from_directory(texts, labels=None, shuffle=False, batch_size=None, verbose=False)
    assert list(plain) == ["no", "awful", "fine", "great", "yes"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"labels": [1, 2]}, "labels has 2 entries for 5 files"),
        ({"labels": "all"}, "labels must be"),
        ({"labels": None, "class_names": ["a"]}, "class_names are for"),
        ({"class_names": ["a"]}, "class_names must be folders"),
        ({"label_mode": "one"}, "Unknown label_mode 'one'"),
        ({"label_mode": "binary", "class_names": ["good"]}, "exactly 2 classes"),
        ({"subset": "training"}, "belong together"),
        ({"subset": "training", "validation_split": 0.2}, "needs a seed"),
        ({"subset": "some", "validation_split": 0.2}, "Unknown subset 'some'"),
        ({"subset": "both", "validation_split": 0.01, "seed": 1}, "No validation files"),
    ],
)
def test_folders_that_do_not_fit(texts, given, words):
    with pytest.raises(ValueError, match=words):
        utils.text_dataset_from_directory(texts, **given)


def write_wav(path, values, width, rate=8):
    with wave.open(str(path), "wb") as file:
        file.setparams((values.shape[1], width, rate, len(values), "NONE", ""))
        if width == 1:
            file.writeframes(np.round(values * 128 + 128).clip(0, 255).astype("uint8").tobytes())
        else:
            whole = np.round(values * 2.0 ** (8 * width - 1)).clip(max=2.0 ** (8 * width - 1) - 1).astype("<i4")
            file.writeframes(whole.view("uint8").reshape(-1, 4)[:, :width].tobytes())


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_recordings(tmp_path, width):
    values = np.stack([np.linspace(-1, 0.9, 6), np.zeros(6)], 1)
    write_wav(tmp_path / "a.wav", values, width)
    np.testing.assert_allclose(read_wav(str(tmp_path / "a.wav")), values, atol=2.0 ** (1 - 8 * width) + 1e-7)


def test_recordings_in_folders(tmp_path):
    (tmp_path / "hum").mkdir()
    t = np.arange(32) / 32
    tone = (0.5 * np.sin(2 * np.pi * 3 * t))[:, None]
    write_wav(tmp_path / "hum" / "a.wav", tone, 2, 32)
    write_wav(tmp_path / "hum" / "b.wav", tone[:16], 2, 32)
    make = utils.audio_dataset_from_directory
    audio, labels = make(tmp_path, shuffle=False, verbose=False)[0]
    assert (audio.shape, audio.dtype, labels.tolist()) == ((2, 32, 1), "float32", [0, 0])
    assert not audio[1, 16:].any()
    cut, _ = make(tmp_path, shuffle=False, verbose=False, output_sequence_length=4)[0]
    np.testing.assert_array_equal(cut, audio[:, :4])
    slower, _ = make(tmp_path, shuffle=False, verbose=False, sampling_rate=16)[0]
    np.testing.assert_allclose(slower[0, :, 0], 0.5 * np.sin(2 * np.pi * 3 * np.arange(16) / 16), atol=1e-3)
    (tmp_path / "hum" / "c.wav").write_bytes(b"RIFF nothing")
    with pytest.raises(ValueError, match="not a WAV file"):
        make(tmp_path, verbose=False)[0]
    with pytest.raises(ValueError, match="Ragged"):
        make(tmp_path, ragged=True)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_images_are_resized_as_ops_do(interpolation):
    image = np.random.default_rng(1).uniform(0, 255, (7, 5, 3)).astype("float32")
    wanted = lx.ops.image.resize(image, (4, 8), interpolation)
    np.testing.assert_allclose(resampled(image, (4, 8), interpolation), wanted, atol=2e-3)


def test_smart_resize_takes_the_middle():
    image = np.arange(24, dtype="float32").reshape(2, 12, 1)
    found = smart_resize(image, (2, 2), "nearest")
    assert isinstance(found, np.ndarray)
    np.testing.assert_array_equal(found[..., 0], [[5, 6], [17, 18]])


def test_images_as_files(tmp_path):
    pytest.importorskip("PIL", reason="needs Pillow")
    image = np.random.default_rng(1).integers(0, 256, (6, 4, 3)).astype("float32")
    utils.save_img(tmp_path / "a.png", image, scale=False)
    loaded = utils.load_img(tmp_path / "a.png")
    np.testing.assert_array_equal(utils.img_to_array(loaded), image)
    assert utils.img_to_array(loaded, "channels_first").shape == (3, 6, 4)
    assert utils.load_img(tmp_path / "a.png", "grayscale", (3, 3)).size == (3, 3)
    square = utils.load_img(tmp_path / "a.png", target_size=(4, 4), keep_aspect_ratio=True)
    np.testing.assert_array_equal(utils.img_to_array(square), image[1:5])
    assert np.asarray(utils.array_to_img(image / 255)).max() == 255
    with pytest.warns(UserWarning, match="no transparency"):
        utils.save_img(tmp_path / "b.jpg", np.ones((2, 2, 4)))
    for call, error in (
        (lambda: utils.array_to_img(np.ones((2, 2))), ValueError),
        (lambda: utils.array_to_img(np.ones((2, 2, 2))), ValueError),
        (lambda: utils.load_img(3), TypeError),
        (lambda: utils.load_img(tmp_path / "a.png", "hsv"), ValueError),
    ):
        with pytest.raises(error):
            call()


def test_images_in_folders(tmp_path):
    pytest.importorskip("PIL", reason="needs Pillow")
    rng = np.random.default_rng(1)
    for kind in ("cat", "dog"):
        (tmp_path / kind).mkdir()
        for i in range(2):
            utils.save_img(tmp_path / kind / f"{i}.png", rng.integers(0, 256, (6 + i, 5, 3)), scale=False)
    make = utils.image_dataset_from_directory
    images, labels = make(tmp_path, image_size=(6, 5), shuffle=False, verbose=False)[0]
    assert (images.shape, images.dtype, labels.tolist()) == ((4, 6, 5, 3), "float32", [0, 0, 1, 1])
    np.testing.assert_array_equal(images[0], utils.img_to_array(utils.load_img(tmp_path / "cat" / "0.png")))
    gray, _ = make(tmp_path, image_size=4, color_mode="grayscale", data_format="channels_first", verbose=False)[0]
    assert gray.shape == (4, 1, 4, 4)
    cut = make(tmp_path, None, image_size=(5, 5), crop_to_aspect_ratio=True, shuffle=False, verbose=False)[0]
    np.testing.assert_array_equal(cut[1], utils.img_to_array(utils.load_img(tmp_path / "cat" / "1.png"))[1:6])
    wide = make(tmp_path, None, image_size=(6, 6), pad_to_aspect_ratio=True, shuffle=False, verbose=False)[0]
    assert not wide[0][:, 5].any()
    model = lx.Sequential([layers.Flatten(), layers.Dense(2)])
    model.compile("sgd", lx.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(make(tmp_path, image_size=(4, 4), verbose=False).map(lambda x, y: (x / 255, y)), verbose=0)


def test_rows_of_each_class_by_one_hot_labels():
    classes = np.repeat([0, 1, 2], [50, 30, 20])
    order = np.random.default_rng(0).permutation(100)
    y = np.eye(3, dtype="float32")[classes[order]]
    (train, _), (held, rows) = lx.data.split(y, np.arange(100), validation=0.2, stratify=y, seed=3)
    assert held.sum(0).tolist() == [10, 6, 4]
    assert train.sum(0).tolist() == [40, 24, 16]
    same = lx.data.split(y, np.arange(100), validation=0.2, stratify=classes[order][:, None], seed=3)
    assert same[1][1].tolist() == rows.tolist()
