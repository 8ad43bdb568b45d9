"""The tables, one noun a file; importing this package registers all of them."""

from boursa.storage.models.audit import AuditEntry
from boursa.storage.models.base import LARGEST, Base, UtcDateTime, now
from boursa.storage.models.datasets import Dataset, DatasetVersion
from boursa.storage.models.forecasts import StoredForecast
from boursa.storage.models.groups import Group, Membership
from boursa.storage.models.history import HistoryEntry
from boursa.storage.models.idempotency import IdempotencyKey
from boursa.storage.models.instances import Instance
from boursa.storage.models.jobs import Job
from boursa.storage.models.links import SignInLink
from boursa.storage.models.positions import Position
from boursa.storage.models.schedules import Schedule
from boursa.storage.models.sessions import WebSession
from boursa.storage.models.tokens import ApiToken
from boursa.storage.models.users import User

__all__ = [
    "LARGEST",
    "ApiToken",
    "AuditEntry",
    "Base",
    "Dataset",
    "DatasetVersion",
    "Group",
    "HistoryEntry",
    "IdempotencyKey",
    "Instance",
    "Job",
    "Membership",
    "Position",
    "Schedule",
    "SignInLink",
    "StoredForecast",
    "User",
    "UtcDateTime",
    "WebSession",
    "now",
]
