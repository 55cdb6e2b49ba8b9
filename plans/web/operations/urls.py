"""Routes for machines: load balancers, monitoring, Prometheus."""

from django.urls import path

from plans.web.operations import health, metrics

operations_routes = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/worker", health.worker, name="health_worker"),
    path("metrics", metrics.metrics, name="metrics"),
]
urlpatterns = operations_routes
