"""laminax: layers, models, losses and optimizers, with Keras's interface, on JAX."""

from . import activations as activations
from . import backend as backend
from . import callbacks as callbacks
from . import config as config
from . import constraints as constraints
from . import datasets as datasets
from . import decoding as decoding
from . import dtype_policies as dtype_policies
from . import initializers as initializers
from . import layers as layers
from . import losses as losses
from . import metrics as metrics
from . import models as models
from . import ops as ops
from . import optimizers as optimizers
from . import random as random
from . import regularizers as regularizers
from . import saving as saving
from . import tree as tree
from . import utils as utils
from ._core.dtypes import DTypePolicy as DTypePolicy
from ._core.graph import SymbolicTensor as KerasTensor  # noqa: F401 - Keras's name
from ._core.graph import SymbolicTensor as SymbolicTensor
from ._core.random import SeedGenerator as SeedGenerator
from ._core.remat import RematScope as RematScope
from ._core.remat import remat as remat
from ._core.variable import Variable as Variable
from ._version import __version__ as __version__
from .layers import Input as Input
from .layers import InputSpec as InputSpec
from .layers import Layer as Layer
from .losses import Loss as Loss
from .metrics import Metric as Metric
from .models import Model as Model
from .models import Sequential as Sequential
from .optimizers import Optimizer as Optimizer
