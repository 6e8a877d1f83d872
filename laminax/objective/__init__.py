"""The objective: which loss and metric fit head and targets."""

from .finding import ObjectiveWarning as ObjectiveWarning
from .nonfinite import NonFiniteError as NonFiniteError
from .suggest import Suggestion as Suggestion
from .suggest import suggest as suggest
