"""Breast tumours, 569 rows of 30 features (Wolberg, Mangasarian & Street, 1995)."""

from ._files import Split, load


def load_data() -> Split:
    """`(x_train, y_train), (x_test, y_test)`: 456 and 113 rows.

    `x`: float32 `(n, 30)`, measures of cell nuclei, in their own units. `y`: uint8 `(n,)`, 0 for malignant,
    1 for benign. The split is fixed, with the same share of both classes on both sides.
    """
    return load("breast_cancer")
