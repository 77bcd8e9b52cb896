"""What states and verbs are called on the pages of those who keep the courses. Everybody else sees only what is
published, and no state."""

from typing import NamedTuple

from prospectus.models import CourseRun, CourseState, RunState
from prospectus.workflow import ReviewState


class StateWords(NamedTuple):
    """The tag, its colour, and what the state means."""

    tag: str
    colour: str
    meaning: str


COURSE_WORDS = {
    CourseState.DRAFT: StateWords("Draft", "grey", "Only people who look after your courses see it."),
    CourseState.PUBLISHED: StateWords("Published", "green", "Everybody can find it."),
    CourseState.WITHDRAWN: StateWords("Withdrawn", "orange", "Nobody finds it any more. You can bring it back."),
}
RUN_WORDS = {
    RunState.DRAFT: StateWords("Draft", "grey", "Only people who look after your courses see it."),
    RunState.PUBLISHED: StateWords("Published", "green", "It stands on the course’s page."),
}
ENDED = StateWords("Taken out", "orange", "It stays on record for those who applied.")
REVIEW_WORDS = {
    ReviewState.WAITING: StateWords("Waits", "blue", "Nobody has read it as it is now."),
    ReviewState.RETURNED: StateWords("Returned", "orange", "The provider is asked to change it."),
    ReviewState.CHECKED: StateWords("In order", "green", "Somebody has read it as it is now."),
}
READING_WORDS = {"check": "It is in order", "return": "Return it to the provider"}
# What the button says.
VERB_WORDS = {
    "course.edit": "Change",
    "course.publish": "Check and publish",
    "course.withdraw": "Withdraw",
    "course.bring_back": "Bring back",
    "run.edit": "Change",
    "run.publish": "Publish",
    "run.end": "Take out",
}


class ButtonWords(NamedTuple):
    """What a button says, and its colour."""

    text: str
    colour: str


FEED_WORDS = {
    "resume": ButtonWords("Switch it on", ""),
    "try": ButtonWords("Try it now, publish nothing", "secondary"),
    "pause": ButtonWords("Switch it off", "secondary"),
    "end": ButtonWords("End it", "secondary"),
}


def start_of(run: CourseRun) -> str:
    """When it starts, said to those who could say it. Learners are told to ask the provider."""
    is_said = run.is_flexible_start or run.starts_on or run.start_text
    return run.start_words if is_said else "No start yet"


def words_of_run(run: CourseRun) -> StateWords:
    """The words for a run as it stands, ended ones too."""
    return ENDED if run.ended_on else RUN_WORDS[RunState(run.state)]


# What to do about each thing that can be wrong with a course, on the list of the courses it is wrong with.
ADVICE = {
    "expired": "All dates have passed, or there is none. Add a date to come, or withdraw the course.",
    "coming": "Learners already apply for the coming cycle. Roll the dates over, or add a date.",
    "texts": "Say what learners do, how they are assessed and what they need to get in.",
    "level": "Without a level nobody finds the course by level. Choose the one it has.",
    "subject": "Without a subject nobody finds the course by subject. Choose the one that fits best.",
    "titles": "Are they written differently by mistake? Choose one title for them. Is one of them the same course "
    "again? Give one all the dates, and withdraw the other. Are they different courses? Open each, and say in its "
    "title how.",
    "copied": "The same description stands with several courses. Say what is different about each.",
    "reading": "Use shorter sentences and everyday words. Most learners are 15 or 16.",
    "links": "Use addresses that begin with https, since browsers warn of others, and at which something is there.",
}


class MendWords(NamedTuple):
    """Of one thing that can be set for many courses at once: the button on the list, the heading, what to know."""

    button: str
    heading: str
    advice: str


MEND_WORDS = {
    "expired": MendWords(
        "Withdraw these",
        "Withdraw courses without a date to come",
        "Nobody finds them any more. Applications go on as before, and you can bring each course back. If a course "
        "starts again next year, roll its dates over instead.",
    ),
    "texts": MendWords(
        "Write a text for these",
        "Write a missing text for many courses",
        "Each text goes only to those courses that have nothing there. What somebody wrote stays.",
    ),
    "level": MendWords("Choose the level of these", "Choose the level of many courses", "They all get the same."),
    "subject": MendWords("Choose the subject of these", "Choose the subject of many courses", "They all get the same."),
    "titles": MendWords(
        "Choose one title for these",
        "Choose one title for many courses",
        "They stay courses of their own. If two of them are the same course, give one of them all the dates and "
        "withdraw the other.",
    ),
    "copied": MendWords(
        "Say how these differ",
        "Say how these courses differ",
        "Say in one or two sentences what is different about each course. Learners read them in lists of courses.",
    ),
    "links": MendWords(
        "Mend the links of these",
        "Mend the links of many courses",
        "Addresses that begin with http begin with https instead. Nearly every site can do that. Try one or two first.",
    ),
}
