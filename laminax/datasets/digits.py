"""Handwritten digits, 1,797 images of 8 x 8 pixels (Alpaydin & Kaynak, 1998)."""

from ._files import Split, load


def load_data() -> Split:
    """`(x_train, y_train), (x_test, y_test)`: 1,438 and 359 images.

    `x`: uint8 `(n, 8, 8)`, 0 (paper) to 16 (ink). `y`: uint8 `(n,)`, 0 to 9. The split is fixed, with
    the same share of each digit on both sides.
    """
    return load("digits")
