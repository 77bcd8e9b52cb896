import pytest

from tests.applications.walk import Town


@pytest.fixture
def town(db):
    return Town()
