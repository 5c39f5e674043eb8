"""Ids of demo data from the past: lists are sorted by id, newest first."""

import os
from datetime import datetime

from bson import ObjectId


def id_at(moment: datetime) -> ObjectId:
    """Return a new id with the timestamp of the moment."""
    return ObjectId(int(moment.timestamp()).to_bytes(4, "big") + os.urandom(8))
