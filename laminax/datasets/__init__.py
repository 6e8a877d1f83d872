"""Small sets of real data, which come with the package. Their sources stand in the README beside this file."""

from . import breast_cancer, diabetes, digits, wine

__all__ = ["breast_cancer", "diabetes", "digits", "wine"]
