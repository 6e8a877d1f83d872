"""Makes the files of `laminax/datasets` from the copies that scikit-learn ships.

    pip install scikit-learn
    python scripts/make_datasets.py

The split is fixed: a fifth of each class (of each fifth of the targets, for a regression) is the test set.
"""

import pathlib

import numpy as np
from sklearn import datasets

FOLDER = pathlib.Path(__file__).parent.parent / "laminax" / "datasets"


def split(strata, seed=20):
    """Places of the training and of the test rows, both in an order of their own."""
    rng = np.random.default_rng(seed)
    test = np.concatenate(
        [rng.permutation(np.flatnonzero(strata == s))[: round(np.sum(strata == s) / 5)] for s in np.unique(strata)]
    )
    train = np.setdiff1d(np.arange(len(strata)), test)
    return rng.permutation(train), rng.permutation(test)


def save(name, x, y, strata):
    train, test = split(strata)
    path = FOLDER / f"{name}.npz"
    np.savez_compressed(path, x_train=x[train], y_train=y[train], x_test=x[test], y_test=y[test])
    print(f"{name}: {len(train)} + {len(test)} rows of {x.shape[1:]}, {path.stat().st_size / 1e3:.1f} kB")


def main():
    digits = datasets.load_digits()
    save("digits", digits.images.astype("uint8"), digits.target.astype("uint8"), digits.target)
    for name in ("breast_cancer", "wine"):
        data = getattr(datasets, f"load_{name}")()
        save(name, data.data.astype("float32"), data.target.astype("uint8"), data.target)
    diabetes = datasets.load_diabetes(scaled=False)
    fifths = np.searchsorted(np.quantile(diabetes.target, [0.2, 0.4, 0.6, 0.8]), diabetes.target)
    save("diabetes", diabetes.data.astype("float32"), diabetes.target.astype("float32"), fifths)


if __name__ == "__main__":
    main()
