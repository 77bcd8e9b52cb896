"""How often somebody may ask in a minute, counted in the cache: near enough, and shared by all processes."""

import hashlib

from django.core.cache import cache

from core import clock


def seconds_to_wait(what: str, whom: str, *, most: int) -> int:
    """Seconds until ``whom`` may ask for ``what`` again, or 0. Two at once may count as one."""
    seconds = int(clock.now().timestamp())
    key = f"{what}:{hashlib.sha256(whom.encode()).hexdigest()[:16]}:{seconds // 60}"
    calls = cache.get(key, 0)
    if calls >= most:
        return 60 - seconds % 60
    cache.set(key, calls + 1, 120)
    return 0
