"""Ids of what happened before the demo was filled: lists go by them, newest first."""

import os
from datetime import datetime

from bson import ObjectId


def id_at(moment: datetime) -> ObjectId:
    """Return a new id as one that was made at the moment."""
    return ObjectId(int(moment.timestamp()).to_bytes(4, "big") + os.urandom(8))
