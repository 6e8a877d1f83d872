"""What is trained. Each file says the same model to each peer."""

from . import convnet, lstm, mlp
from .workload import Workload as Workload

WORKLOADS: dict[str, Workload] = {w.name: w for w in (*mlp.WORKLOADS, convnet.WORKLOAD, lstm.WORKLOAD)}
