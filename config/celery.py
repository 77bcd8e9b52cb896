"""The Celery application. A message only wakes a worker up: what must be done is a row (``activity``).

``celery -A config worker`` needs DJANGO_SETTINGS_MODULE: a worker must not guess whether it is the real one.
"""

from celery import Celery

from config import broker

broker.register()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
