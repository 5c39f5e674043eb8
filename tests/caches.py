"""The cache as a process that has just started finds it."""

from django.conf import settings

from apps.common.storage.cache import store
from apps.common.storage.cache.versions import is_trusted


def meet() -> None:
    """Know the Redis that is there, on connections none of which was ever lost, and trust it.

    What another one kept, and what was kept before a connection was lost, is not believed.
    """
    if settings.REDIS_URL:
        connections = store._redis().connection_pool
        connections.disconnect()
        connections.reset()  # the same ones opened again would count as lost
    store.ping()
    is_trusted(ignore_breaker=True)
