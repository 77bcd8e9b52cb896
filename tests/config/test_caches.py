"""What may crowd out what."""

from django.core.cache import caches
from django.template import Context, Template

from config.settings import base

LIMITS = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}


def test_parts_of_public_pages_are_not_kept_beside_the_limits_on_tries(settings):
    settings.CACHES = {"default": LIMITS, **{name: made for name, made in base.CACHES.items() if name != "default"}}
    part = Template("{% load cache %}{% cache 60 similar 1 %}{{ said }}{% endcache %}")

    assert [part.render(Context({"said": said})) for said in ("once", "again")] == ["once", "once"]
    assert not caches["default"]._cache
