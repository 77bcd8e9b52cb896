"""What a verb is called when it is done to many."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class TogetherWords(NamedTuple):
    """How one verb reads when it is done to many. Each but the first has ``%(number)d`` in it."""

    option: str
    what: str  # what will happen to each
    headings: Any
    dones: Any
    colour: str = ""

    def heading(self, number: int) -> str:
        """Also the words of the button, so that it repeats how many."""
        return self.headings % {"number": number}  # type: ignore[no-any-return]

    def done(self, number: int) -> str:
        return self.dones % {"number": number}  # type: ignore[no-any-return]


TOGETHER_WORDS = {
    "invite": TogetherWords(
        _("Invite to an interview"),
        _("All are asked to come at the same time and place. Each learner is told at once."),
        ngettext_lazy("Invite %(number)d learner", "Invite %(number)d learners", "number"),
        ngettext_lazy("%(number)d learner is invited", "%(number)d learners are invited", "number"),
    ),
    "offer": TogetherWords(
        _("Make an offer"),
        _("Each learner gets the same offer, and a place is kept for them until they answer."),
        ngettext_lazy("Make %(number)d offer", "Make %(number)d offers", "number"),
        ngettext_lazy("%(number)d offer is made", "%(number)d offers are made", "number"),
    ),
    "put_on_reserve": TogetherWords(
        _("Put on the reserve list"),
        _("Each learner is told that they may get a place if one comes free."),
        ngettext_lazy(
            "Put %(number)d learner on the reserve list", "Put %(number)d learners on the reserve list", "number"
        ),
        ngettext_lazy(
            "%(number)d learner is on the reserve list", "%(number)d learners are on the reserve list", "number"
        ),
    ),
    "refuse": TogetherWords(
        _("Refuse"),
        _("Each learner is told that there is news, and reads the same reason and words."),
        ngettext_lazy("Refuse %(number)d application", "Refuse %(number)d applications", "number"),
        ngettext_lazy("%(number)d application is refused", "%(number)d applications are refused", "number"),
        "warning",
    ),
    "confirm_met": TogetherWords(
        _("Confirm where results meet the conditions"),
        _("Each is held against the results once more. Where a condition is not met by then, it is left, and says so."),
        ngettext_lazy("Confirm %(number)d place", "Confirm %(number)d places", "number"),
        ngettext_lazy("%(number)d place is confirmed", "%(number)d places are confirmed", "number"),
    ),
    "enrol": TogetherWords(
        _("Record the start"),
        _("Each of these learners has started with you."),
        ngettext_lazy("Record %(number)d start", "Record %(number)d starts", "number"),
        ngettext_lazy("%(number)d start is recorded", "%(number)d starts are recorded", "number"),
    ),
    "assign": TogetherWords(
        _("Give to a colleague"),
        _("They find them under “Mine”. Nobody else is told."),
        ngettext_lazy("Give %(number)d application", "Give %(number)d applications", "number"),
        ngettext_lazy("%(number)d application is given", "%(number)d applications are given", "number"),
    ),
}  # fmt: skip

BY_FILE_WORDS = TogetherWords(
    _("Answer by file"),
    _("Each learner gets the answer of their own row, and is told at once."),
    ngettext_lazy("Answer %(number)d application", "Answer %(number)d applications", "number"),
    ngettext_lazy("%(number)d application is answered", "%(number)d applications are answered", "number"),
)


def together_words(verb: str) -> TogetherWords:
    """Of a verb for many, or of a file with one for each."""
    return TOGETHER_WORDS.get(verb, BY_FILE_WORDS)
