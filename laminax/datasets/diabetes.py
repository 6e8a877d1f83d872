"""The progress of diabetes within a year, 442 rows of 10 features (Efron et al., 2004)."""

from ._files import Split, load


def load_data() -> Split:
    """`(x_train, y_train), (x_test, y_test)`: 354 and 88 rows.

    `x`: float32 `(n, 10)`: age, sex, body mass index, blood pressure and six blood measures, in their own
    units. `y`: float32 `(n,)`, the progress one year later, 25 to 346. The split is fixed, with the same
    share of each fifth of the targets on both sides.
    """
    return load("diabetes")
