"""What an error looks like to whom it happens: its exact words, and few lines of a traceback.

`python tests/misuse.py` writes the words anew, for a look at what changed.
"""

import importlib
import json
import pathlib
import traceback

import laminax

FILE = pathlib.Path(__file__).parent / "golden" / "messages.json"
MESSAGES = json.loads(FILE.read_text()) if FILE.exists() else {}
TABLES = ("test_bad_input", "test_bad_input_layers", "test_bad_calls", "test_objective", "test_objective_runs")
FRAMES = 12
PACKAGE = str(pathlib.Path(laminax.__file__).parent)


def assert_shown(name, error):
    """Exactly the words under `name`, in at most 3 lines, below at most 12 frames, of which none is ours."""
    assert str(error) == MESSAGES[name]
    assert str(error).count("\n") < 3
    frames = [line for line in "".join(traceback.format_exception(error)).splitlines() if line.startswith('  File "')]
    assert len(frames) <= FRAMES, "\n".join(frames)
    assert not any(PACKAGE in frame for frame in frames), "\n".join(frames)


def assert_said(name, error, words, most):
    """One line of fewer than `most` characters with all the `words`, parted by `; `; else as `assert_shown`."""
    said = str(error)
    missing = [word for word in words.split("; ") if word not in said]
    assert not missing, said
    assert "\n" not in said
    assert len(said) < most
    assert_shown(name, error)


def message(program):
    """The words of the error that a program raises."""
    try:
        program()
    except Exception as error:
        return str(error)
    raise AssertionError("There was no error.")


def write():
    """All words of all tables."""
    found = {}
    for table in TABLES:
        found.update({f"{table}: {name}": words for name, words in importlib.import_module(table).said()})
    FILE.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n")
    print(len(found), "messages")


if __name__ == "__main__":
    import conftest

    conftest.utils.set_random_seed(1234)
    write()
