"""The top floor: settings, addresses, background work. Imports everything, imported by nobody below."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
