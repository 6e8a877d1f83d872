"""What was restored from a file: neither more nor less than this."""

import dataclasses
import warnings


@dataclasses.dataclass
class Restored:
    """What loading a file gave a model.

    Attributes:
        path: the file.
        weights: the number of variables of the model that were read.
        optimizer: the number of variables of the optimizer that were read.
        compiled: what `compile` was given, in words; empty where it was not called.
        notes: what else there is to know, such as types that were converted.
    """

    path: str
    weights: int = 0
    optimizer: int = 0
    compiled: str = ""
    notes: list[str] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.weights} weights"]
        parts += [f"compiled with {self.compiled}"] * bool(self.compiled)
        parts += [f"{self.optimizer} variables of the optimizer"] * bool(self.optimizer)
        return f"{self.path}: {', '.join([*parts, *self.notes])}"

    def warn(self, note: str) -> None:
        """Note what the user should see now."""
        self.notes.append(note)
        warnings.warn(f"{self.path}: {note}", stacklevel=5)
