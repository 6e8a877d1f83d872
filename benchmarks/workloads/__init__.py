"""What is trained. Each file says the same model to each peer."""

from . import convnet, ctc, dense, embedding, gru, lstm, resnet, transformer
from .workload import Workload as Workload

SMALL, WIDE, AUTOENCODER = dense.WORKLOADS
_MODULES = (convnet, resnet, lstm, gru, embedding, transformer)
_ALL = (SMALL, WIDE, *(m.WORKLOAD for m in _MODULES), AUTOENCODER, ctc.WORKLOAD)
WORKLOADS: dict[str, Workload] = {w.name: w for w in _ALL}
