"""The Celery application. A message only wakes a worker up: what must be done is a row (``activity``)."""

from celery import Celery

from config import env

env.choose_settings("config.settings.production")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
