#!/usr/bin/env python
"""Django's command line for the Improvement Plan Tracker."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    if sys.argv[1:2] == ["demo"]:
        from tracker.demo import set_demo_environment

        set_demo_environment(os.environ)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        sys.exit(f"The configuration is not complete: {refusal}")


if __name__ == "__main__":
    main()
