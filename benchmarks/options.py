"""The options that all commands share."""

import argparse

from .peers import LAMINAX, PEERS
from .rounds import Contender
from .workloads import WORKLOADS

ALLOCATORS = ("own", "kept", "system")


def parser(command: str, doc: str | None, rounds: int = 3) -> argparse.ArgumentParser:
    """To which a command adds its own."""
    made = argparse.ArgumentParser(prog=f"python -m {command}", description=doc)
    made.add_argument("--only", default=[], type=_names, help=f"some of {', '.join(WORKLOADS)}, with commas")
    made.add_argument("--peers", default=PEERS, type=_names, help=f"some of {', '.join(PEERS)}, with commas")
    made.add_argument("--rounds", type=int, default=rounds, help="how often laminax and each peer run in turn")
    made.add_argument("--python", action="append", default=[], help="PEER=PATH, the interpreter that has the peer")
    made.add_argument("--threads", type=int, help="how many processors to use; default all")
    made.add_argument("--patience", type=int, default=0, help="repeat a run that others disturb up to so often")
    made.add_argument("--gpu", action="store_true", help="on the GPU; else all stay on the CPU")
    made.add_argument(
        "--allocator",
        default=["own"],
        type=_names,
        help="some of own (each as it comes: laminax lets malloc keep memory), kept (the peers too), system (nobody)",
    )
    return made


def parse(made: argparse.ArgumentParser, workloads: list[str]) -> argparse.Namespace:
    """The options, checked. `workloads` are those of the command where the user names none."""
    options = made.parse_args()
    options.only = options.only or workloads
    for name, known in (("only", WORKLOADS), ("peers", PEERS), ("allocator", ALLOCATORS)):
        if unknown := [value for value in getattr(options, name) if value not in known]:
            made.error(f"--{name}: {', '.join(unknown)} is none of {', '.join(known)}")
    return options


def contenders(options: argparse.Namespace) -> list[Contender]:
    """Whom laminax meets; itself alone if nobody."""
    return [Contender(*pair) for pair in _product(options)] or [Contender(LAMINAX)]


def _product(options: argparse.Namespace) -> list[tuple[str, str]]:
    return [(peer, allocator) for peer in options.peers for allocator in options.allocator]


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]
