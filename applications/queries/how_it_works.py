"""How applying works in one cycle: made from its rules and from the flow, so that the page cannot say anything else."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from applications.words import STATE_WORDS, date_words
from applications.workflow import CHOICE_FLOW, OVER, PROPERTIES, ChoiceState
from providers.models import Cycle

S = ChoiceState
SCHOOL_VERBS = {"endorse", "give_back", "send_unendorsed"}

# What each verb is to somebody who reads what can happen next. A verb without a line here fails a test.
NEXT_WORDS = {
    "send": _l("You check it and send it."),
    "endorse": _l("Your school says yes and sends it on."),
    "give_back": _l("Your school gives it back to you, with words on what to change."),
    "send_unendorsed": _l("Your school runs out of time, and we send it anyway."),
    "invite": _l("The provider asks you to an interview."),
    "cancel_interview": _l("The provider cancels the interview."),
    "put_on_reserve": _l("The provider puts you on its reserve list."),
    "offer": _l("The provider offers you a place."),
    "change_offer": _l("The provider changes its offer. You get a new date to answer."),
    "refer": _l("The provider suggests another of its courses."),
    "take_referral": _l("You say yes to a suggestion: the choice is about that course now."),
    "decline_referral": _l("You say no to a suggestion: nothing changes."),
    "refuse": _l("The provider says no, and tells you why."),
    "withdraw_offer": _l("The provider takes its offer back, and tells you why."),
    "accept": _l("You say yes. Your other choices that are still open end, but not those that belong with this one."),
    "hold": _l("You keep the offer as your back-up."),
    "turn_down": _l("You say no. The place goes to somebody else."),
    "lapse": _l("You do not answer, and the offer runs out after two reminders."),
    "confirm": _l("The provider sees that the conditions are met: the place is yours."),
    "fail_conditions": _l("The conditions are not met, and the place is gone."),
    "enrol": _l("You start."),
    "no_show": _l("You do not start, and the place is gone."),
    "leave": _l("You leave early. You can take another place."),
    "withdraw": _l("You take it back."),
    "close": _l("The year ends, and the choice with it."),
}


class HowStep(NamedTuple):
    """One step of the way, in the order of time."""

    heading: str
    when: str
    words: str


class HowState(NamedTuple):
    """One state: what it means and what can happen next."""

    name: str
    colour: str
    means: str
    next: list[str]


def _days(number: int) -> str:
    return ngettext("%(number)s working day", "%(number)s working days", number) % {"number": number}


def how_steps(cycle: Cycle) -> list[HowStep]:
    """From getting ready to the first day, with the dates of this cycle and the days each side has."""
    steps = [
        HowStep(
            _("Get ready"),
            _("any day"),
            _("Find courses you like and add them to your application. Write your statement. Only you can see it."),
        ),
        HowStep(
            _("Send your choices"),
            _("%(first)s to %(last)s") % {"first": date_words(cycle.opens_on), "last": date_words(cycle.closes_on)},
            ngettext(
                "You may have %(number)s choice under way at once. You say which you like best: nobody else sees it.",
                "You may have %(number)s choices under way at once. You say which you like best: nobody else sees it.",
                cycle.choice_limit,
            )
            % {"number": cycle.choice_limit}
            + " "
            + _("Courses that start during the year take applications on any day."),
        ),
    ]
    if cycle.has_endorsement:
        steps.append(
            HowStep(
                _("Your school reads it"),
                _days(cycle.endorsement_days),
                _("Your school says yes and sends it on, or gives it back with words on what to change.")
                + " "
                + _("If it runs out of time, we send it anyway. Your school cannot stop you."),
            )
        )
    steps += [
        HowStep(
            _("The provider answers"),
            _days(cycle.answer_days),
            _("It may offer you a place, ask you to an interview, put you on a reserve list, or say no and why.")
            + " "
            + _("If it is late, you may send another choice meanwhile."),
        ),
        HowStep(
            _("You answer an offer"),
            _days(cycle.reply_days),
            _("Say yes or no by the date on the offer. We remind you twice. Without an answer the offer runs out.")
            + (" " + _("You may keep one other offer as a back-up.") if cycle.can_hold else ""),
        ),
        HowStep(
            _("Your place"),
            _("until the conditions are known"),
            _("Some offers have conditions, like a grade. When they are met, the place is certain."),
        ),
        *_results_step(cycle),
        HowStep(
            _("After the date to apply"),
            _("until %(day)s") % {"day": date_words(cycle.ends_on)},
            _("You can still apply where there are places. After that day everything that is open is closed."),
        ),
    ]
    return steps


def _results_step(cycle: Cycle) -> list[HowStep]:
    if cycle.results_on is None:
        return []
    words = _(
        "You can read your results and what became of your place from %(first)s. You can answer, change or withdraw "
        "from %(second)s, so that everybody has time to read first."
    )
    said = words % {"first": f"{cycle.results_from:%H:%M}", "second": f"{cycle.answers_from:%H:%M}"}
    return [HowStep(_("Results day"), date_words(cycle.results_on), said)]


def how_states(cycle: Cycle) -> list[HowState]:
    """Every state a choice can be in here, and what can happen next, from the flow."""
    return [_state(state, cycle) for state in _states_of(cycle)]


def _states_of(cycle: Cycle) -> list[ChoiceState]:
    missing = set()
    if not cycle.has_endorsement:
        missing.add(S.WITH_SCHOOL)
    if not cycle.can_hold:
        missing.add(S.HELD)
    return [state for state in ChoiceState if state not in missing]


def _state(state: ChoiceState, cycle: Cycle) -> HowState:
    words = STATE_WORDS[state]
    verbs = CHOICE_FLOW.verbs_from(state)
    if not cycle.can_hold:
        verbs = [verb for verb in verbs if verb != "hold"]
    return HowState(
        str(words.learner),
        words.colour,
        str(words.learner_sentence).format(provider=_("The provider")),
        [str(NEXT_WORDS[verb]) for verb in verbs],
    )


# --- the picture

BOX_WIDTH, BOX_HEIGHT, GAP_ACROSS, GAP_DOWN = 116, 40, 12, 44  # three boxes fit a small phone


class Box(NamedTuple):
    x: int
    y: int
    width: int
    height: int
    middle_x: int
    middle_y: int
    text: str


class Picture(NamedTuple):
    """Boxes and lines of the way through, from the top down."""

    width: int
    height: int
    boxes: list[Box]
    lines: list[str]  # paths
    words: list[str]  # the same for who cannot see it


def picture(cycle: Cycle) -> Picture:
    """The states that lead on, in rows by how many moves they are from the start; the ends are one box."""
    states = [state for state in _states_of(cycle) if state not in OVER or state in PROPERTIES["is_firm"]]
    rows = _rows(states)
    widest = max(len(row) for row in rows)
    width = widest * (BOX_WIDTH + GAP_ACROSS) - GAP_ACROSS + 8
    height = len(rows) * (BOX_HEIGHT + GAP_DOWN) + BOX_HEIGHT + 8
    places: dict[str, Box] = {}
    for down, row in enumerate(rows):
        for across, state in enumerate(row):
            middle = width * (2 * across + 1) // (2 * len(row))
            text = str(STATE_WORDS[state].learner)
            places[state] = _box(middle - BOX_WIDTH // 2, 4 + down * (BOX_HEIGHT + GAP_DOWN), BOX_WIDTH, text)
    moves = [
        (source, target)
        for source in states
        for target in states
        if source != target and any(target in CHOICE_FLOW.targets(source, verb) for verb in _forward(cycle))
    ]
    moves = [(source, target) for source, target in moves if _is_on(rows, source, target)]
    over = _box(4, height - BOX_HEIGHT - 4, width - 8, _("It can also end: a no, a withdrawal, a date"))
    words = [
        f"{STATE_WORDS[source].learner}: "
        + ", ".join(str(STATE_WORDS[target].learner) for first, target in moves if first == source)
        for source in states
        if any(first == source for first, _target in moves)
    ]
    lines = [_line(places[source], places[target]) for source, target in moves]
    return Picture(width, height, [*places.values(), over], lines, words)


def _forward(cycle: Cycle) -> list[str]:
    return [verb for verb in CHOICE_FLOW.moves if cycle.has_endorsement or verb not in SCHOOL_VERBS]


def _rows(states: Iterable[ChoiceState]) -> list[list[ChoiceState]]:
    left, rows, reached = list(states), [[S.DRAFT]], {S.DRAFT}
    left.remove(S.DRAFT)
    while left:
        near = [
            state
            for state in left
            if any(state in CHOICE_FLOW.targets(source, verb) for source in rows[-1] for verb in CHOICE_FLOW.moves)
        ]
        rows.append(near)
        reached |= set(near)
        left = [state for state in left if state not in reached]
    return rows


def _is_on(rows: list[list[ChoiceState]], source: ChoiceState, target: ChoiceState) -> bool:
    """Lines go onward, or along within a row: the ways back would make a net of it, and are in the table."""
    place = {state: (down, across) for down, row in enumerate(rows) for across, state in enumerate(row)}
    return place[source] < place[target]


def _box(x: int, y: int, width: int, text: str) -> Box:
    return Box(x, y, width, BOX_HEIGHT, x + width // 2, y + BOX_HEIGHT // 2, text)


def _line(source: Box, target: Box) -> str:
    start, end = source.y + BOX_HEIGHT, target.y
    if source.y == target.y:  # along the row, below its boxes
        dip = start + GAP_DOWN // 2
        return f"M{source.middle_x} {start} C{source.middle_x} {dip} {target.middle_x} {dip} {target.middle_x} {start}"
    half = (start + end) // 2
    return f"M{source.middle_x} {start} C{source.middle_x} {half} {target.middle_x} {half} {target.middle_x} {end}"
