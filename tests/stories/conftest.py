"""After every story nothing impossible is true, whatever happened in it."""

import pytest

from applications.queries import broken_invariants


@pytest.fixture(autouse=True)
def nothing_impossible_is_true_afterwards(db):
    yield
    assert broken_invariants() == []
