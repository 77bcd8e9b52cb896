"""What this floor's tables say of a learner."""

from core import personal
from core.personal import Blank
from ilp.models import Contact


def register() -> None:
    """The list of this floor."""
    personal.register(
        Contact,
        path="learner",
        title="What your adviser wrote down about talking with you",
        shows={
            "on": "Day",
            "kind": "How",
            "note": "What was said",
            "next_step": "Next step",
            "next_on": "Next step due",
        },
        erase=Blank(note="", next_step=""),
        because="How often advisers were in touch, and in which way, is part of the figures.",
    )
