"""What the prospectus asks of higher floors. They register in AppConfig.ready()."""

from collections.abc import Callable, Collection

# How many learners have something going on that stands on these runs, by key.
Counter = Callable[[Collection[int]], int]

_live: list[Counter] = []


def register_live(count: Counter) -> None:
    """From now on ``live_on`` also counts what ``count(run_ids)`` says. Called once, from AppConfig.ready()."""
    if count not in _live:
        _live.append(count)


def live_on(run_ids: Collection[int]) -> int:
    """How many live choices stand on these runs: what somebody should know before taking a course out."""
    return sum(count(run_ids) for count in _live) if run_ids else 0
