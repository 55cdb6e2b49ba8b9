"""Every address: the product's pages and the administrator's forms."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("plans.web.urls")),
]

handler400 = "plans.web.operations.fault_pages.bad_request"
handler500 = "plans.web.operations.fault_pages.server_error"
