"""
Metrics for Prometheus: number and duration of requests, and the availability of each part.

They contain routes, never paths or personal data. They are only for clients that connect to this
server directly; a request that a proxy has forwarded gets a 404.
"""

import os
import time
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from apps.common.http.middleware import route_of
from lms.health import checks

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

requests = Counter("lms_requests", "Number of requests.", ["method", "route", "status"])
seconds = Histogram(
    "lms_request_seconds",
    "Duration of a request in seconds.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class MetricsMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        start = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        route = route_of(request)
        requests.labels(method, route, response.status_code).inc()
        seconds.labels(method, route).observe(time.perf_counter() - start)
        return response


class Availability(Collector):
    """The availability of stores and cache, checked when the metrics are read."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("lms_up", "Whether a part is available.", labels=["part"])
        for name, state in checks.current_state().items():
            up.add_metric([name], float(state == checks.OK))
        yield up


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        raise Http404
    content = generate_latest(_request_registry()) + generate_latest(_availability)
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _request_registry() -> CollectorRegistry:
    """Return the metrics of this process, or if there are several workers, of all of them."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


_availability = CollectorRegistry()
_availability.register(Availability())
