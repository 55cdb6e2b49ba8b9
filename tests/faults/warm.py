"""The site with everything loaded, so that a process that takes another's place answers at once."""

from django.db import connections
from django.template.loader import get_template
from django.urls import get_resolver

from tracker.wsgi import application

__all__ = ["application"]

assert get_resolver().url_patterns
for name in ("base.html", "actions/update.html", "actions/action.html"):
    get_template(name)
connections.close_all()
