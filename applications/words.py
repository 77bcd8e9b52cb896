"""What each state and each verb is called, for each audience. Pages, e-mails and the timeline take their words here."""

import datetime as dt
from typing import NamedTuple

from applications.workflow import ChoiceState

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
        "Not sent yet", "Only you can see this. Check it, then send it.", "Not sent", "Not sent yet", "grey"
    ),
    S.WITH_SCHOOL: StateWords(
        "With your school",
        "Your school reads it, then it goes to {provider}. If your school runs out of time we send it anyway.",
        "Not sent",
        "Waiting for you",
        "yellow",
    ),
    S.SENT: StateWords("Sent", "{provider} has it and will answer you.", "To look at", "With the provider", "blue"),
    S.INTERVIEWING: StateWords(
        "Interview", "{provider} wants to talk with you.", "Interview", "Asked to an interview", "purple"
    ),
    S.RESERVE_LIST: StateWords(
        "Reserve list",
        "{provider} has put you on its reserve list: you may get a place if one comes free.",
        "Reserve list",
        "On the reserve list",
        "orange",
    ),
    S.OFFERED: StateWords(
        "Offer",
        "{provider} has offered you a place. Now you decide.",
        "Waiting for the learner",
        "Has an offer",
        "green",
    ),
    S.ACCEPTED: StateWords(
        "Accepted",
        "You said yes. The place is yours once the conditions are met.",
        "Accepted, conditions open",
        "Accepted, with conditions",
        "green",
    ),
    S.HELD: StateWords(
        "Back-up", "You are keeping this offer as your back-up.", "Kept as a back-up", "Kept as a back-up", "teal"
    ),
    S.CONFIRMED: StateWords("Place confirmed", "Your place is certain.", "Place confirmed", "Place confirmed", "green"),
    S.ENROLLED: StateWords("Started", "You have started.", "Started", "Started", "green"),
    S.UNSUCCESSFUL: StateWords(
        "Not successful",
        "{provider} could not offer you a place this time. There are other courses, and people who can help.",
        "Not successful",
        "Not successful",
        "grey",
    ),
    S.OFFER_WITHDRAWN: StateWords(
        "Offer taken back", "{provider} has taken its offer back.", "Offer withdrawn", "Offer withdrawn", "red"
    ),
    S.TURNED_DOWN: StateWords(
        "You said no", "You turned this offer down.", "Turned down", "Turned down by the learner", "grey"
    ),
    S.LAPSED: StateWords(
        "Offer ran out", "The time to answer this offer is over.", "No answer to the offer", "Offer ran out", "grey"
    ),
    S.WITHDRAWN: StateWords("Withdrawn", "This choice was withdrawn.", "Withdrawn", "Withdrawn", "grey"),
    S.CONDITIONS_NOT_MET: StateWords(
        "Conditions not met",
        "The conditions of this offer were not met. There are other courses, and people who can help.",
        "Conditions not met",
        "Conditions not met",
        "red",
    ),
    S.DID_NOT_START: StateWords(
        "Did not start", "{provider} tells us that you did not start.", "Did not start", "Did not start", "red"
    ),
    S.NOT_SENT: StateWords(
        "Never sent", "This choice was not sent before the end.", "Never sent", "Never sent", "grey"
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
    "send": VerbWords("Check and send", "The choice was sent.", "The choice was sent.", ""),
    "endorse": VerbWords("Endorse", "Your school endorsed it.", "The school endorsed the choice.", ""),
    "give_back": VerbWords("Give back", "Your school gave it back to you.", "The school gave the choice back."),
    "send_unendorsed": VerbWords(
        "Send without endorsement",
        "Your school ran out of time, so it was sent.",
        "The school's time was up: the choice was sent without an endorsement.",
    ),
    "invite": VerbWords("Invite to an interview", "{provider} asked you to an interview.", "An interview was planned."),
    "cancel_interview": VerbWords(
        "Cancel the interview", "{provider} cancelled the interview.", "The interview was cancelled."
    ),
    "put_on_reserve": VerbWords(
        "Put on the reserve list",
        "{provider} put you on its reserve list.",
        "The learner was put on the reserve list.",
    ),
    "offer": VerbWords("Make an offer", "{provider} offered you a place.", "An offer was made.", ""),
    "change_offer": VerbWords("Change the offer", "{provider} changed its offer.", "The offer was changed."),
    "refer": VerbWords(
        "Suggest another course", "{provider} suggested another course.", "Another course was suggested."
    ),
    "take_referral": VerbWords(
        "Say yes to the suggestion", "You said yes to the suggestion.", "The learner took the suggested course.", ""
    ),
    "decline_referral": VerbWords(
        "Say no to the suggestion", "You said no to the suggestion.", "The learner kept to the first course."
    ),
    "refuse": VerbWords("Refuse", "{provider} could not offer you a place.", "The choice was refused.", "warning"),
    "withdraw_offer": VerbWords(
        "Withdraw the offer", "{provider} took its offer back.", "The offer was withdrawn.", "warning"
    ),
    "accept": VerbWords("Accept", "You accepted the offer.", "The learner accepted the offer.", ""),
    "hold": VerbWords(
        "Keep as my back-up", "You kept the offer as your back-up.", "The learner kept the offer as a back-up."
    ),
    "turn_down": VerbWords("Turn down", "You turned the offer down.", "The learner turned the offer down."),
    "lapse": VerbWords(
        "Lapse", "The time to answer ran out.", "The learner did not answer in time: the offer ran out."
    ),
    "confirm": VerbWords("Confirm the place", "{provider} confirmed your place.", "The place was confirmed.", ""),
    "fail_conditions": VerbWords(
        "Conditions not met", "The conditions were not met.", "The conditions were not met.", "warning"
    ),
    "enrol": VerbWords("Record the start", "You started.", "The learner started.", ""),
    "no_show": VerbWords(
        "Did not start", "{provider} told us that you did not start.", "The learner did not start.", "warning"
    ),
    "withdraw": VerbWords("Withdraw", "The choice was withdrawn.", "The choice was withdrawn.", "warning"),
    "close": VerbWords("Close", "The year's applications ended.", "The cycle ended."),
}

# On the desk the same verb is done at the learner's word.
DESK_VERB_WORDS = VERB_WORDS | {"withdraw": VERB_WORDS["withdraw"]._replace(button="Withdraw for the learner")}


def state_tag(state: str, *, audience: str) -> tuple[str, str]:
    """The short name of a state and its colour, as one audience reads it."""
    words = STATE_WORDS[state]
    return {"learner": words.learner, "provider": words.provider, "school": words.school}[audience], words.colour


def event_sentence(verb: str, *, audience: str, provider: str) -> str:
    """One line of the timeline. ``verb`` is the history's: "choice.accept"."""
    words = VERB_WORDS[verb.removeprefix("choice.")]
    return (words.to_learner if audience == "learner" else words.to_staff).format(provider=provider)


def date_words(day: dt.date) -> str:
    """A date as people say it: Friday 4 December 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"
