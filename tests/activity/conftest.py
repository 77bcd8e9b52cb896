import pytest

from activity import registry


@pytest.fixture
def kinds(monkeypatch):
    """Registries of this test's own: ``kinds.SENDERS`` and ``kinds.JOBS`` start empty."""
    monkeypatch.setattr(registry, "SENDERS", {})
    monkeypatch.setattr(registry, "JOBS", {})
    return registry
