"""What PostgreSQL plans anew each time, where everything else that comes often is planned once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_anew() -> Iterator[None]:
    """Statements within are planned for the values they have (decision 0096).

    For those whose values decide where to begin: how many courses have a word, and how many have another.
    """
    connection.ensure_connection()
    driver = connection.connection
    threshold, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = threshold
