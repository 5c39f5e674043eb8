#!/usr/bin/env python
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from lms.serving import private_files

if __name__ == "__main__":
    private_files.restrict_umask()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"lms: {error}")
