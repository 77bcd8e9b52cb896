"""Log lines carry ids and times, never what people wrote or are called."""

import io
import logging
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from core.logs import LineFormatter
from tests.factories import LearnerFactory

pytestmark = pytest.mark.django_db


def line_of(act):
    """What a log says of the error in ``act``."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LineFormatter(settings.LOGGING["formatters"]["line"]["format"]))
    try:
        with transaction.atomic():
            act()
    except RuntimeError:
        handler.handle(logging.LogRecord("portal", logging.ERROR, "", 0, "job 7 failed", None, sys.exc_info()))
    return written.getvalue()


def test_the_row_that_broke_a_rule_is_not_in_the_log():
    LearnerFactory(upn="Y123456789012")

    def twice():
        try:
            LearnerFactory(upn="Y123456789012", given_name="Amina")
        except IntegrityError as error:
            raise RuntimeError("could not store it") from error

    line = line_of(twice)
    assert "job 7 failed" in line
    assert "duplicate key value violates unique constraint" in line
    assert "could not store it" in line
    assert "Y123456789012" not in line.replace('upn="Y123456789012"', "")


def test_what_the_settings_configure_writes_so():
    formatters = [handler.formatter for handler in logging.getLogger("django").handlers]
    assert any(isinstance(formatter, LineFormatter) for formatter in formatters)
