"""What states and verbs are called on the pages of those who keep the courses. Everybody else sees only what is
published, and no state."""

from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from prospectus.models import CourseRun, CourseState, RunState
from prospectus.workflow import ReviewState


class StateWords(NamedTuple):
    """The tag, its colour, and what the state means."""

    tag: str
    colour: str
    meaning: str


COURSE_WORDS = {
    CourseState.DRAFT: StateWords(_("Draft"), "grey", _("Only people who look after your courses see it.")),
    CourseState.PUBLISHED: StateWords(_("Published"), "green", _("Everybody can find it.")),
    CourseState.WITHDRAWN: StateWords(_("Withdrawn"), "orange", _("Nobody finds it any more. You can bring it back.")),
}
RUN_WORDS = {
    RunState.DRAFT: StateWords(_("Draft"), "grey", _("Only people who look after your courses see it.")),
    RunState.PUBLISHED: StateWords(_("Published"), "green", _("It stands on the course’s page.")),
}
ENDED = StateWords(_("Taken out"), "orange", _("It stays on record for those who applied."))
REVIEW_WORDS = {
    ReviewState.WAITING: StateWords(_("Waits"), "blue", _("Nobody has read it as it is now.")),
    ReviewState.RETURNED: StateWords(_("Returned"), "orange", _("The provider is asked to change it.")),
    ReviewState.CHECKED: StateWords(_("In order"), "green", _("Somebody has read it as it is now.")),
}
READING_WORDS = {"check": _("It is in order"), "return": _("Return it to the provider")}
# What the button says.
VERB_WORDS = {
    "course.edit": _("Change"),
    "course.publish": _("Check and publish"),
    "course.withdraw": _("Withdraw"),
    "course.bring_back": _("Bring back"),
    "run.edit": _("Change"),
    "run.publish": _("Publish"),
    "run.end": _("Take out"),
}


class ButtonWords(NamedTuple):
    """What a button says, and its colour."""

    text: str
    colour: str


FEED_WORDS = {
    "resume": ButtonWords(_("Switch it on"), ""),
    "try": ButtonWords(_("Try it now, publish nothing"), "secondary"),
    "pause": ButtonWords(_("Switch it off"), "secondary"),
    "end": ButtonWords(_("End it"), "secondary"),
}


def start_of(run: CourseRun) -> str:
    """When it starts, said to those who could say it. Learners are told to ask the provider."""
    is_said = run.is_flexible_start or run.starts_on or run.start_text
    return run.start_words if is_said else gettext("No start yet")


def words_of_run(run: CourseRun) -> StateWords:
    """The words for a run as it stands, ended ones too."""
    return ENDED if run.ended_on else RUN_WORDS[RunState(run.state)]


# What to do about each thing that can be wrong with a course, on the list of the courses it is wrong with.
ADVICE = {
    "expired": _("All dates have passed, or there is none. Add a date to come, or withdraw the course."),
    "coming": _("Learners already apply for the coming cycle. Roll the dates over, or add a date."),
    "texts": _("Say what learners do, how they are assessed and what they need to get in."),
    "level": _("Without a level nobody finds the course by level. Choose the one it has."),
    "subject": _("Without a subject nobody finds the course by subject. Choose the one that fits best."),
    "titles": _(
        "Are they written differently by mistake? Choose one title for them. Is one of them the same course "
        "again? Give one all the dates, and withdraw the other. Are they different courses? Open each, and say in its "
        "title how."
    ),
    "copied": _("The same description stands with several courses. Say what is different about each."),
    "reading": _("Use shorter sentences and everyday words. Most learners are 15 or 16."),
    "links": _("Use addresses that begin with https, since browsers warn of others, and at which something is there."),
}


class MendWords(NamedTuple):
    """Of one thing that can be set for many courses at once: the button on the list, the heading, what to know."""

    button: str
    heading: str
    advice: str


MEND_WORDS = {
    "expired": MendWords(
        _("Withdraw these"),
        _("Withdraw courses without a date to come"),
        _(
            "Nobody finds them any more. Applications go on as before, and you can bring each course back. If a course "
            "starts again next year, roll its dates over instead."
        ),
    ),
    "texts": MendWords(
        _("Write a text for these"),
        _("Write a missing text for many courses"),
        _("Each text goes only to those courses that have nothing there. What somebody wrote stays."),
    ),
    "level": MendWords(
        _("Choose the level of these"), _("Choose the level of many courses"), _("They all get the same.")
    ),
    "subject": MendWords(
        _("Choose the subject of these"), _("Choose the subject of many courses"), _("They all get the same.")
    ),
    "titles": MendWords(
        _("Choose one title for these"),
        _("Choose one title for many courses"),
        _(
            "They stay courses of their own. If two of them are the same course, give one of them all the dates and "
            "withdraw the other."
        ),
    ),
    "copied": MendWords(
        _("Say how these differ"),
        _("Say how these courses differ"),
        _("Say in one or two sentences what is different about each course. Learners read them in lists of courses."),
    ),
    "links": MendWords(
        _("Mend the links of these"),
        _("Mend the links of many courses"),
        _(
            "Addresses that begin with http begin with https instead. Nearly every site can do that. Try one or "
            "two first."
        ),
    ),
}
