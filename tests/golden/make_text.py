"""Makes the golden numbers of layers that hash and look up text, `text.json`, from Keras with TensorFlow, the oracle.

pip install keras==3.15.1 tensorflow-cpu
python tests/golden/make_text.py
"""

import json
import os
import pathlib
import random

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf

WORDS = ["A", "B", "", "omar", "stringer", "skywalker", "É", "😀 ok", "-7", "a longer text with several words in it"]
LONG = [
    "".join(random.Random(n).choices("abcdé€😀 xyz09", k=n)) for n in (*range(0, 70, 3), 63, 64, 65, 127, 128, 129, 700)
]
INTEGERS = [0, 1, -1, 7, 42, 12345678, -2147483648, 2147483647, 2**40, -(2**62)]
TEXTS = ["Foo bar!", "bar,  baz\tFOO", "É é a\u00a0b", "", "baz bada-boom boom", "bar"]
HASHING = [{}, {"salt": 133}, {"salt": [133, 137]}, {"mask_value": "A"}, {"salt": [1, 2], "mask_value": ""}]
LOOKUPS = [
    {},
    {"mask_token": "bar", "num_oov_indices": 3},
    {"max_tokens": 4, "output_mode": "multi_hot"},
    {"output_mode": "count", "num_oov_indices": 2, "mask_token": "bar", "salt": [7, 9]},
    {"output_mode": "tf_idf", "max_tokens": 9, "pad_to_max_tokens": True},
    {"output_mode": "one_hot"},
]
TABLE = [["foo", "bar", "baz"], ["bar", "bar", "qux"], ["baz", "foo", "bar"], ["zip", "foo", "bar"]]
OTHER = [["foo", "new", "older"], ["baz", "bar", "x"]]
NUMBERS = [
    {},
    {"num_oov_indices": 3},
    {"num_oov_indices": 3, "oov_method": "farmhash"},
    {"num_oov_indices": 3, "oov_method": "farmhash", "salt": [5, 6]},
    {"mask_token": 0, "output_mode": "count"},
    {"output_mode": "tf_idf"},
]
VECTORIZING = [
    {},
    {"standardize": None},
    {"standardize": "lower", "output_sequence_length": 2},
    {"standardize": "strip_punctuation", "split": "character"},
    {"ngrams": 2, "max_tokens": 6},
    {"ngrams": [1, 3], "output_mode": "count"},
    {"output_mode": "tf_idf"},
    {"output_mode": "multi_hot", "max_tokens": 20, "pad_to_max_tokens": True},
]


def numbers(x):
    return np.asarray(x).tolist()


def hashed():
    for arguments in HASHING:
        layer = keras.layers.Hashing(1000003, **arguments)
        integers = keras.layers.Hashing(1000003, **{**arguments, "mask_value": 7})
        yield {
            "arguments": arguments,
            "text": numbers(layer(np.array(WORDS))),
            "integers": numbers(integers(np.array(INTEGERS))),
        }


def crossed():
    for features in ([WORDS, INTEGERS], [INTEGERS, WORDS, WORDS], [INTEGERS, INTEGERS]):
        layer = keras.layers.HashedCrossing(1000003)
        yield {"features": features, "classes": numbers(layer([np.array(f) for f in features]))}


def learnt(cls, cases, data, other):
    for arguments in cases:
        layer = cls(**{k: tuple(v) if k == "ngrams" and isinstance(v, list) else v for k, v in arguments.items()})
        layer.adapt(data)
        vocabulary = [v if isinstance(v, str) else int(v) for v in layer.get_vocabulary()]
        yield {"arguments": arguments, "vocabulary": vocabulary, "output": numbers(layer(other))}


def main():
    layers = keras.layers
    table, other = np.array([[3, 1, 2], [1, 1, -5], [2, 3, 1], [9, 3, 1]]), np.array([[3, 70, 71], [2, 1, -44]])
    found = {
        "keras": keras.__version__,
        "words": WORDS,
        "long": LONG,
        "integers": INTEGERS,
        "fingerprints": numbers(tf.strings.to_hash_bucket_fast(LONG, 2**62)),
        "siphashes": numbers(tf.strings.to_hash_bucket_strong(LONG, 2**62, key=[133, 137])),
        "Hashing": list(hashed()),
        "HashedCrossing": list(crossed()),
        "StringLookup": {
            "data": TABLE,
            "inputs": OTHER,
            "cases": list(learnt(layers.StringLookup, LOOKUPS, np.array(TABLE), np.array(OTHER))),
        },
        "IntegerLookup": {
            "data": numbers(table),
            "inputs": numbers(other),
            "cases": list(learnt(layers.IntegerLookup, NUMBERS, table, other)),
        },
        "TextVectorization": {
            "data": TEXTS,
            "inputs": ["foo new bar", *TEXTS],
            "cases": list(
                learnt(layers.TextVectorization, VECTORIZING, np.array(TEXTS), np.array(["foo new bar", *TEXTS]))
            ),
        },
    }
    path = pathlib.Path(__file__).parent / "text.json"
    path.write_text(json.dumps(found) + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
