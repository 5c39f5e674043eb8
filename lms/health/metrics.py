"""Figures for Prometheus: how much is asked, how fast it is answered, what is up.

They name routes, never paths, people or addresses. They are for who asks this server directly: a
request that a proxy has forwarded finds nothing here.
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

requests = Counter("lms_requests", "Requests answered.", ["method", "route", "status"])
seconds = Histogram(
    "lms_request_seconds",
    "Time to answer a request.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class MetricsMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        route = route_of(request)
        requests.labels(method, route, response.status_code).inc()
        seconds.labels(method, route).observe(time.perf_counter() - began)
        return response


class Parts(Collector):
    """Whether stores and cache answer, asked when somebody looks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("lms_up", "Whether a part answers.", labels=["part"])
        for name, state in checks.current_state().items():
            up.add_metric([name], float(state == checks.OK))
        yield up


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        raise Http404
    figures = generate_latest(_counted()) + generate_latest(_up)
    return HttpResponse(figures, content_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    """Return what this process has counted, or all workers of the server together."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together


_up = CollectorRegistry()
_up.register(Parts())
