"""One measurement of one peer, in a process of its own: `python -m benchmarks.child MEASURE WORKLOAD PEER OPTIONS`.

MEASURE is a file of this folder with `measure(workload, peer, options)`; OPTIONS are JSON. Prints a line of JSON.
"""

import argparse
import importlib
import json
import sys
import time

from . import machine
from .peers import LAMINAX


def main() -> None:
    measure, workload, peer, given = sys.argv[1:]
    options = argparse.Namespace(**{"began": time.time(), **json.loads(given)})
    if options.threads:
        machine.use_processors(options.threads)
    if options.allocator == "kept" and peer != LAMINAX:  # laminax does this itself
        machine.keep_memory()
    try:
        result = importlib.import_module(f".{measure}", __package__).measure(workload, peer, options)
    except ImportError as error:
        result = {"absent": str(error)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
