"""Reading: strings of handwritten digits, of which nobody says where one ends and the next begins.

    python examples/read_digits.py
    python examples/read_digits.py --epochs 2

Three to eight real digits stand side by side, at random heights, apart or touching. Convolutions look at the strip, a
recurrent layer goes along it both ways, and CTC sums over all places where the digits may be. Prints some strips of
digits that were not trained on, each with what was read, and the share of digits read wrong.
"""

import argparse
import time

import numpy as np

import laminax as lx
from laminax import layers

HEIGHT, WIDTH = 12, 84  # of a strip
LONGEST = 8  # digits
PAPER, NOTHING = 0.0, -1.0  # what stands between digits, and behind the last one


def strips(images, labels, count, seed):
    """`count` strips `(width, height, 1)`, the way they are read first, and the digits on them as text."""
    rng = np.random.default_rng(seed)
    x = np.full((count, WIDTH, HEIGHT), NOTHING, "float32")
    texts = []
    for strip in x:
        chosen = rng.integers(len(images), size=rng.integers(3, LONGEST + 1))
        at = rng.integers(0, 3)
        strip[:at] = PAPER
        for digit in images[chosen]:
            ink = digit[:, digit.any(0)]  # without the empty columns at its sides
            top, gap = rng.integers(0, HEIGHT - 7), rng.integers(0, 3)
            strip[at : at + ink.shape[1] + gap] = PAPER
            strip[at : at + ink.shape[1], top : top + 8] = ink.T / 16
            at += ink.shape[1] + gap
        texts.append("".join(map(str, labels[chosen])))
    return x[..., None], texts


def looking(filters, pool):
    """A convolution, and the strongest of what it sees in each window."""
    return [
        layers.Conv2D(filters, 3, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.Activation("relu"),
        layers.MaxPooling2D(pool),
    ]


def reader():
    """Of the strip's 84 columns 42 frames are left; padding is masked, and its mask shrinks with them."""
    return lx.Sequential(
        [
            lx.Input((WIDTH, HEIGHT, 1)),
            layers.Masking(NOTHING),
            *looking(16, (2, 2)),
            *looking(32, (1, 2)),
            layers.Reshape((-1, HEIGHT // 4 * 32)),
            layers.Dropout(0.25),
            layers.Bidirectional(layers.LSTM(48, return_sequences=True)),
            layers.Dropout(0.25),
            layers.Dense(11),  # ten digits, and the blank
        ]
    )


def run(epochs=6, count=4000, verbose=0):
    """Train on strips of the training digits: the model, and test strips with their texts."""
    lx.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = lx.datasets.digits.load_data()
    x, texts = strips(x_train, y_train, count, seed=1)
    test = strips(x_test, y_test, 1000, seed=2)
    model = reader()
    rate = lx.optimizers.schedules.CosineDecay(0.005, decay_steps=epochs * -(-count // 32))
    model.compile(lx.optimizers.Adam(rate), lx.losses.CTC(alphabet="0123456789"), metrics=["cer"])
    model.fit(x, texts, batch_size=32, epochs=epochs, verbose=verbose, seed=1)
    return model, test


def drawn(strip):
    """A strip as text, two rows of pixels in a row of characters."""
    ink = (strip[strip[:, 0, 0] != NOTHING, :, 0] > 0.4).T
    return "\n".join("".join(" ▀▄█"[a + 2 * b] for a, b in zip(*rows)) for rows in zip(ink[::2], ink[1::2]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--strips", type=int, default=4000, help="how many to train on")
    options = parser.parse_args()
    began = time.perf_counter()
    model, (x, texts) = run(options.epochs, options.strips, verbose=2)
    seconds = time.perf_counter() - began
    outputs, lengths = model.predict(x, verbose=0), lx.decoding.frame_lengths(model, x)
    read = lx.decoding.beam_search(outputs, lengths, alphabet="0123456789", beam_width=10)
    for strip, text, (best, *_) in list(zip(x, texts, read))[:6]:
        print(f"{drawn(strip)}\n{text} read as {best.labels}{'' if text == best.labels else '  <- wrong'}\n")
    rate = model.evaluate(x, texts, verbose=0, return_dict=True)["cer"]
    whole = np.mean([text == best.labels for text, (best, *_) in zip(texts, read)])
    print(f"{seconds:.0f} s. Of the digits {rate:.2%} read wrong; of the strips {whole:.1%} read without an error.")


if __name__ == "__main__":
    main()
