"""The embedded server: starts, is shared, stops, and survives being killed."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_tests_run_on_postgresql_17_or_later():
    assert connection.cursor().connection.info.server_version >= 170000
