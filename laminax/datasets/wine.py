"""Wines of three growers, 178 rows of 13 features (Aeberhard & Forina, 1992)."""

from ._files import Split, load


def load_data() -> Split:
    """`(x_train, y_train), (x_test, y_test)`: 142 and 36 rows.

    `x`: float32 `(n, 13)`, chemical measures, in their own units. `y`: uint8 `(n,)`, the grower, 0 to 2. The
    split is fixed, with the same share of each class on both sides.
    """
    return load("wine")
