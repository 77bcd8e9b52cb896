"""What each state and each verb is called, for each audience. Pages, e-mails and the timeline take their words here."""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from applications.workflow import ChoiceState

if TYPE_CHECKING:
    from applications.models import Choice

S = ChoiceState
AUDIENCES = ("learner", "provider", "school")


class StateWords(NamedTuple):
    """How one state reads. ``{provider}`` in a sentence is the provider's name."""

    learner: str  # a tag on the learner's pages
    learner_sentence: str
    provider: str  # a tag on the admissions desk
    school: str  # a tag for the home school and the adviser
    colour: str


STATE_WORDS: dict[str, StateWords] = {
    S.DRAFT: StateWords(
        _("Not sent yet"), _("Only you can see this. Check it, then send it."), _("Not sent"), _("Not sent yet"), "grey"
    ),
    S.WITH_SCHOOL: StateWords(
        _("With your school"),
        _("Your school reads it, then it goes to {provider}. If your school runs out of time we send it anyway."),
        _("Not sent"),
        _("Waiting for you"),
        "yellow",
    ),
    S.SENT: StateWords(
        _("Sent"), _("{provider} has it and will answer you."), _("To look at"), _("With the provider"), "blue"
    ),
    S.INTERVIEWING: StateWords(
        _("Interview"), _("{provider} wants to talk with you."), _("Interview"), _("Asked to an interview"), "purple"
    ),
    S.RESERVE_LIST: StateWords(
        _("Reserve list"),
        _("{provider} has put you on its reserve list: you may get a place if one comes free."),
        _("Reserve list"),
        _("On the reserve list"),
        "orange",
    ),
    S.OFFERED: StateWords(
        _("Offer"),
        _("{provider} has offered you a place. Now you decide."),
        _("Waiting for the learner"),
        _("Has an offer"),
        "green",
    ),
    S.ACCEPTED: StateWords(
        _("Accepted"),
        _("You said yes. The place is yours once the conditions are met."),
        _("Accepted, conditions open"),
        _("Accepted, with conditions"),
        "green",
    ),
    S.HELD: StateWords(
        _("Back-up"),
        _("You are keeping this offer as your back-up."),
        _("Kept as a back-up"),
        _("Kept as a back-up"),
        "teal",
    ),
    S.CONFIRMED: StateWords(
        _("Place confirmed"), _("Your place is certain."), _("Place confirmed"), _("Place confirmed"), "green"
    ),
    S.ENROLLED: StateWords(_("Started"), _("You have started."), _("Started"), _("Started"), "green"),
    S.UNSUCCESSFUL: StateWords(
        _("Not successful"),
        _("{provider} could not offer you a place this time. There are other courses, and people who can help."),
        _("Not successful"),
        _("Not successful"),
        "grey",
    ),
    S.OFFER_WITHDRAWN: StateWords(
        _("Offer taken back"),
        _("{provider} has taken its offer back."),
        _("Offer withdrawn"),
        _("Offer withdrawn"),
        "red",
    ),
    S.TURNED_DOWN: StateWords(
        _("You said no"), _("You turned this offer down."), _("Turned down"), _("Turned down by the learner"), "grey"
    ),
    S.LAPSED: StateWords(
        _("Offer ran out"),
        _("The time to answer this offer is over."),
        _("No answer to the offer"),
        _("Offer ran out"),
        "grey",
    ),
    S.WITHDRAWN: StateWords(_("Withdrawn"), _("This choice was withdrawn."), _("Withdrawn"), _("Withdrawn"), "grey"),
    S.CONDITIONS_NOT_MET: StateWords(
        _("Conditions not met"),
        _("The conditions of this offer were not met. There are other courses, and people who can help."),
        _("Conditions not met"),
        _("Conditions not met"),
        "red",
    ),
    S.DID_NOT_START: StateWords(
        _("Did not start"),
        _("{provider} tells us that you did not start."),
        _("Did not start"),
        _("Did not start"),
        "red",
    ),
    S.NOT_SENT: StateWords(
        _("Never sent"), _("This choice was not sent before the end."), _("Never sent"), _("Never sent"), "grey"
    ),
}


class VerbWords(NamedTuple):
    """How one verb reads: on its button, and in the timeline when it has happened."""

    button: str
    to_learner: str
    to_staff: str
    colour: str = "secondary"  # of the button that does it; "" is the main thing to do

    @property
    def link_colour(self) -> str:
        """The colour of the button that leads to it: red is for the last press only."""
        return "secondary" if self.colour == "warning" else self.colour


VERB_WORDS: dict[str, VerbWords] = {
    "send": VerbWords(_("Check and send"), _("The choice was sent."), _("The choice was sent."), ""),
    "endorse": VerbWords(_("Endorse"), _("Your school endorsed it."), _("The school endorsed the choice."), ""),
    "give_back": VerbWords(
        _("Give back"), _("Your school gave it back to you."), _("The school gave the choice back.")
    ),
    "send_unendorsed": VerbWords(
        _("Send without endorsement"),
        _("Your school ran out of time, so it was sent."),
        _("The school's time was up: the choice was sent without an endorsement."),
    ),
    "invite": VerbWords(
        _("Invite to an interview"), _("{provider} asked you to an interview."), _("An interview was planned.")
    ),
    "cancel_interview": VerbWords(
        _("Cancel the interview"), _("{provider} cancelled the interview."), _("The interview was cancelled.")
    ),
    "put_on_reserve": VerbWords(
        _("Put on the reserve list"),
        _("{provider} put you on its reserve list."),
        _("The learner was put on the reserve list."),
    ),
    "offer": VerbWords(_("Make an offer"), _("{provider} offered you a place."), _("An offer was made."), ""),
    "change_offer": VerbWords(_("Change the offer"), _("{provider} changed its offer."), _("The offer was changed.")),
    "refer": VerbWords(
        _("Suggest another course"), _("{provider} suggested another course."), _("Another course was suggested.")
    ),
    "take_referral": VerbWords(
        _("Say yes to the suggestion"),
        _("You said yes to the suggestion."),
        _("The learner took the suggested course."),
        "",
    ),
    "decline_referral": VerbWords(
        _("Say no to the suggestion"), _("You said no to the suggestion."), _("The learner kept to the first course.")
    ),
    "refuse": VerbWords(
        _("Refuse"), _("{provider} could not offer you a place."), _("The choice was refused."), "warning"
    ),
    "withdraw_offer": VerbWords(
        _("Withdraw the offer"), _("{provider} took its offer back."), _("The offer was withdrawn."), "warning"
    ),
    "accept": VerbWords(_("Accept"), _("You accepted the offer."), _("The learner accepted the offer."), ""),
    "hold": VerbWords(
        _("Keep as my back-up"), _("You kept the offer as your back-up."), _("The learner kept the offer as a back-up.")
    ),
    "turn_down": VerbWords(_("Turn down"), _("You turned the offer down."), _("The learner turned the offer down.")),
    "lapse": VerbWords(
        _("Lapse"), _("The time to answer ran out."), _("The learner did not answer in time: the offer ran out.")
    ),
    "confirm": VerbWords(
        _("Confirm the place"), _("{provider} confirmed your place."), _("The place was confirmed."), ""
    ),
    "fail_conditions": VerbWords(
        _("Conditions not met"), _("The conditions were not met."), _("The conditions were not met."), "warning"
    ),
    "enrol": VerbWords(_("Record the start"), _("You started."), _("The learner started."), ""),
    "no_show": VerbWords(
        _("Did not start"), _("{provider} told us that you did not start."), _("The learner did not start."), "warning"
    ),
    "leave": VerbWords(
        _("Left early"), _("You left the course early."), _("The learner left the course early."), "warning"
    ),
    "withdraw": VerbWords(_("Withdraw"), _("The choice was withdrawn."), _("The choice was withdrawn."), "warning"),
    "close": VerbWords(_("Close"), _("The year's applications ended."), _("The cycle ended.")),
}

# On the desk the same verb is done at the learner's word.
DESK_VERB_WORDS = VERB_WORDS | {"withdraw": VERB_WORDS["withdraw"]._replace(button=_("Withdraw for the learner"))}


def state_tag(state: str, *, audience: str) -> tuple[str, str]:
    """The short name of a state and its colour, as one audience reads it."""
    words = STATE_WORDS[state]
    return {"learner": words.learner, "provider": words.provider, "school": words.school}[audience], words.colour


LEFT_EARLY = StateWords(
    _("Left early"),
    _("You started and left early. You can take another place."),
    _("Left early"),
    _("Left early"),
    "orange",
)


def stands(choice: "Choice") -> StateWords:
    """The words for where a choice stands: of its state, or that it was started and left."""
    return STATE_WORDS[choice.status] if choice.left_on is None else LEFT_EARLY


def choice_tag(choice: "Choice", *, audience: str) -> tuple[str, str]:
    """The short name of where a choice stands and its colour, as one audience reads it."""
    words = stands(choice)
    return {"learner": words.learner, "provider": words.provider, "school": words.school}[audience], words.colour


def desk_tag(choice: "Choice") -> tuple[str, str]:
    """The same for the desk that has it: what somebody has looked at is not to be looked at any more."""
    handling = getattr(choice, "handling", None)
    words, colour = choice_tag(choice, audience="provider")
    return (_("To decide") if choice.status == S.SENT and handling and handling.looked_at else words), colour


# What happens to an interview or a condition without moving the choice, by the verb of the history.
BESIDE_WORDS: dict[str, VerbWords] = {
    "interview.book": VerbWords(
        _("Choose this time"),
        _("You chose a time for the interview."),
        _("The learner chose a time for the interview."),
        "",
    ),
    "interview.give_back": VerbWords(
        _("I cannot come then"),
        _("You gave the time of the interview back."),
        _("The learner gave the time of the interview back."),
    ),
    "interview.rearrange": VerbWords(
        _("Arrange it anew"), _("{provider} arranged the interview anew."), _("The interview was arranged anew.")
    ),
    "interview.call_off": VerbWords(
        _("Call off"),
        _("{provider} called this time off. Choose another one."),
        _("The session was called off: the learner chooses another time."),
    ),
    "interview.attended": VerbWords(
        _("Came"), _("You came to the interview."), _("The learner came to the interview.")
    ),
    "condition.met": VerbWords(_("Met"), _("A condition is met."), _("A condition is met.")),
    "condition.not_met": VerbWords(_("Not met"), _("A condition is not met."), _("A condition is not met.")),
    "condition.waived": VerbWords(
        _("No longer asked for"), _("A condition is no longer asked for."), _("A condition is no longer asked for.")
    ),
    "condition.open": VerbWords(_("Not yet known"), _("A condition is open again."), _("A condition is open again.")),
    "interview.missed": VerbWords(
        _("Did not come"),
        _("{provider} noted that you did not come to the interview."),
        _("The learner did not come to the interview."),
    ),
}


def event_sentence(verb: str, *, audience: str, provider: str) -> str:
    """One line of the timeline. ``verb`` is the history's: "choice.accept"."""
    words = BESIDE_WORDS.get(verb) or VERB_WORDS[verb.removeprefix("choice.")]
    return (words.to_learner if audience == "learner" else words.to_staff).format(provider=provider)


# What a desk does beside answering, as its timeline says it: (with somebody or something named, without).
DESK_EVENTS = {
    "choice.assign": (_("It was given to {person} to answer."), _("It is nobody’s to answer any more.")),
    "choice.note": (_("A note was written."), _("A note was written.")),
    "choice.place": (_("The learner was placed with {partner}."), _("The learner is with the lead again.")),
    "offer.remind": (_("The learner was reminded to answer."), _("The learner was reminded to answer.")),
}

# What the worklist can be narrowed by.
FILTER_WORDS = {
    "provider": _("Provider"),
    "course": _("Course"),
    "site": _("Site"),
    "cycle": _("For entry in"),
    "state": _("State"),
    "school": _("School"),
    "placed": _("Placed with"),
    "whose": _("Whose"),
    "unread": _("Looked at"),
    "several": _("Programme"),
}


TOLD = {"learner": _("The learner"), "provider": _("Your desk"), "partner": _("The partner")}


def told_words(whom: str) -> str:
    """Whom a message went to, as the desk's timeline names them."""
    return TOLD[whom]


def date_words(day: dt.date) -> str:
    """A date as people say it: Friday 4 December 2026."""
    return date_format(day, "l j F Y")


def moment_words(moment: dt.datetime) -> str:
    """A moment as people say it, in London: Friday 4 December 2026, 14:30."""
    return date_format(timezone.localtime(moment), "l j F Y, H:i")
