"""App configuration: the product is one Django app in stages."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PlansConfig(AppConfig):
    name = "plans"
    verbose_name = "Improvement plans"


class TrackerAdminConfig(AdminConfig):
    default_site = "tracker.admin_site.TrackerAdminSite"
