"""The administrator's forms, under our own name."""

from django.contrib.admin import AdminSite


class TrackerAdminSite(AdminSite):
    site_title = "Improvement Plan Tracker"
    site_header = "Improvement Plan Tracker: administration"
    index_title = "Records"
    site_url = "/"
    # The lists need the width.
    enable_nav_sidebar = False
