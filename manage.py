#!/usr/bin/env python
"""Django's command line, on the local settings unless the environment names others."""

import sys

from django.core.management import execute_from_command_line

from config import env

if __name__ == "__main__":
    env.choose_settings("config.settings.local")
    execute_from_command_line(sys.argv)
