"""Client of Osier, a daemon that learns a live stream and answers predictions meanwhile.

    from osier import Osier

    with Osier(producer="meter-7") as model:
        model.learn_one({"load": 0.7, "site": "north"}, "UP")
        print(model.predict_proba_one({"load": 0.2, "site": "north"}))

`AsyncOsier` has the same methods for asyncio; `osier.river` has models for River's evaluation.
"""

from .aio import AsyncOsier
from .client import Osier
from .endpoints import Endpoints
from .errors import (
    AcknowledgedDataLost,
    NoModel,
    OsierError,
    ProducerInUse,
    Refused,
    TimedOut,
    Unreadable,
)
from .messages import (
    Acknowledgement,
    Adaptation,
    Event,
    Label,
    ModelVersion,
    Prediction,
    Probabilities,
    Rejection,
    Sparse,
)

__all__ = [
    "AcknowledgedDataLost",
    "Acknowledgement",
    "Adaptation",
    "AsyncOsier",
    "Endpoints",
    "Event",
    "Label",
    "ModelVersion",
    "NoModel",
    "Osier",
    "OsierError",
    "Prediction",
    "Probabilities",
    "ProducerInUse",
    "Refused",
    "Rejection",
    "Sparse",
    "TimedOut",
    "Unreadable",
]

__version__ = "0.1.0"
