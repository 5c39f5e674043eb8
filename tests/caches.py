"""The cache as a newly started process finds it."""

from django.conf import settings

from apps.common.storage.cache import store
from apps.common.storage.cache.versions import is_trusted


def connect_cache() -> None:
    """
    Reconnect to Redis, and trust its contents.

    Otherwise the product would not trust values that were stored before a connection was lost.
    """
    if settings.REDIS_URL:
        connections = store._redis().connection_pool
        connections.disconnect()
        connections.reset()  # The same connections, when reopened, would count as lost.
    store.ping()
    is_trusted(ignore_breaker=True)
