"""The pattern library in place of the product's own addresses."""

import copy

import pytest

from core import navigation
from core.navigation import NavItem


@pytest.fixture
def pattern_library(settings, monkeypatch):
    """The pattern library is what the site serves, with a menu of its own."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(settings.BASE_DIR / "tests" / "core" / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.core.urls"
    monkeypatch.setattr(navigation, "_items", {})
    for order, (text, url_name) in enumerate(
        [
            ("Home", "home"),
            ("Find a course", "search"),
            ("Your application", "form"),
            ("Parts", "parts"),
            ("Desk", "desk"),
        ]
    ):
        navigation.register(NavItem(text=text, url_name=url_name, order=order))
