"""Training that dies goes on where it was."""

import os
from typing import Any

from .._core import checks
from .callback import Callback

GENERATORS = ("refuse", "replay", "go on")


class BackupAndRestore(Callback):
    """Lets `fit` keep checkpoints of all of its state, and go on from the last one when the program is started anew.

    A run that was ended at any step and is started again gives the weights, the history and the files of one that was
    never ended, to the bit, on one device with the same versions. `fit` keeps parameters, running state, the
    optimizer, seeds, metrics, the state of callbacks (see `Callback.get_state`), and the place in the data. In arrays,
    and among batches that have numbers (a list, a `PyDataset`), it goes to its place at once; other iterables are gone
    through again up to it. Checkpoints are written in the background; one that would come too soon (while another is
    written, or so that training would stand still for more than a twentieth of its time) is put off. On Ctrl-C and
    SIGTERM the step is finished, and a checkpoint written; after SIGTERM the program ends with the status 143.

    Args:
        backup_dir: a folder for the checkpoints of this run alone.
        save_freq: `"epoch"`, or after how many steps, or `False`: on a signal, and by `minutes`, alone. It is looked at
            between launches, which may have several short steps.
        double_checkpoint: keep two at least.
        delete_checkpoint: remove them when the run has come to its end.
        keep: how many of the last ones stay. If the newest is damaged, a warning says so, and the one before is used.
        minutes: write one after so many minutes, too.
        generators: what is done with a generator, whose place can't be found again: `"refuse"` it, `"replay"` it (draw
            and drop what the run has seen: exact, if it gives the same batches in each program), or `"go on"` with what
            it gives (not exact).

    Raises:
        ValueError: from `fit`, if the model, the length of the data or the batch size are not those of the checkpoint.
        CheckpointError: from `fit`, if another run uses the folder; `NoUsableCheckpointError` if all are damaged.
    """

    beyond_keras = ("keep", "minutes", "generators")

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: Any = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
        keep: int = 2,
        minutes: float | None = None,
        generators: str = "refuse",
    ) -> None:
        if not backup_dir:
            raise ValueError("BackupAndRestore: Empty `backup_dir` argument passed; give the path of a folder.")
        if save_freq != "epoch" and save_freq is not False:
            checks.integer(self, "save_freq", save_freq, rule=FREQUENCY)
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = checks.boolean(self, "double_checkpoint", double_checkpoint)
        self.delete_checkpoint = checks.boolean(self, "delete_checkpoint", delete_checkpoint)
        self.keep = checks.integer(self, "keep", keep)
        self.minutes = None if minutes is None else checks.number(self, "minutes", minutes, beyond=True)
        self.generators = checks.choice(self, "generators", generators, GENERATORS)


FREQUENCY = "must be 'epoch', a positive number of steps or False (Invalid value)"
