import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)


def wake(task: str, *row_ids: int) -> None:
    """A worker has been told, or will be by the next sweep: a broker that is down fails nobody's request."""
    try:
        current_app.send_task(task, list(row_ids), retry=False)
    except (KombuError, OSError):
        logger.warning("%s for row %s could not be announced; a sweep will find it", task, row_ids, exc_info=True)


def wake_on_commit(task: str, *row_ids: int) -> None:
    """The same once the row can be seen by others, and not at all if it never can."""
    transaction.on_commit(partial(wake, task, *row_ids))
