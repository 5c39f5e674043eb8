"""What the stores' exceptions mean, however the driver, MongoEngine or Django has wrapped them."""

from botocore.exceptions import BotoCoreError, ClientError
from django.db import OperationalError as SqlError
from mongoengine.errors import OperationError
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)

UNAVAILABLE = (ConnectionFailure, ExecutionTimeout, BotoCoreError, ClientError, SqlError)
# MongoDB's codes: object too large; the document after an update, or to upsert, is too large.
TOO_LARGE = (10334, 17419, 17420)


def is_store_unavailable(error: Exception) -> bool:
    """Return whether MongoDB, SQL or the bucket of pictures is unreachable or does not answer."""
    cause = _pymongo_error(error)
    return isinstance(cause, UNAVAILABLE) or (isinstance(cause, PyMongoError) and cause.timeout)


def is_too_large_to_store(error: Exception) -> bool:
    """Return whether a document exceeds MongoDB's 16 MB, by the driver's or the server's error."""
    cause = _pymongo_error(error)
    return isinstance(cause, DocumentTooLarge) or (
        isinstance(cause, OperationFailure) and cause.code in TOO_LARGE
    )


def _pymongo_error(error: Exception) -> BaseException:
    """Return PyMongo's exception, which MongoEngine may have wrapped."""
    if isinstance(error, OperationError):
        return error.__cause__ or error.__context__ or error
    return error
