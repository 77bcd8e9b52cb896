"""What this floor's tables say of a learner."""

from core import personal
from core.personal import Erase
from prospectus.models import SavedSearch, ShortlistItem


def register() -> None:
    """The list of this floor."""
    personal.register(
        ShortlistItem,
        path="user__learner",
        title="Courses you kept",
        shows={
            "course__title": "Course",
            "course__provider__name": "Provider",
            "note": "Your note",
            "created_at": "Kept since",
        },
        erase=Erase.DELETE,
        once_by=("course",),
    )
    personal.register(
        SavedSearch,
        path="user__learner",
        title="Searches you saved",
        shows={"name": "Name", "address": "What you looked for", "is_mailed": "Told by e-mail"},
        erase=Erase.DELETE,
        once_by=("address",),
    )
