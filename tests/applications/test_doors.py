"""Every verb of the flow and every refusal through each door there is: what the door answers, and that nothing is
written where it refuses.

A new door is one entry of ``DOORS``, a new verb or refusal one row; the last tests say what is missing. All of it is
one test, so that each state is reached once, by the real actions; every ask is rolled back.
"""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from activity.models import Event, OutboxMessage
from applications import actions
from applications.models import (
    Application,
    Choice,
    ChoiceRun,
    Interview,
    Offer,
    OfferCondition,
    Referral,
    Snapshot,
)
from applications.policies import CHOICE_POLICY, the_service
from applications.views.api import VERBS as API_VERBS
from applications.workflow import CHOICE_FLOW
from prospectus.models import CourseRun, ExperienceRequirement
from providers.models import Cycle, Organisation
from tests.applications.systems import System
from tests.applications.walk import Town, admissions_of, walk_to

# Who does each verb here, from which state, and what is sent with it. ``None``: only the service does it, at night, so
# that no door leads there.
LEARNER, SCHOOL, PROVIDER = "learner", "school", "provider"
ON = {"on_day": "1", "on_month": "12", "on_year": "2026", "at": "14:30", "place": "Room 4", "note": ""}
BY = {"answer_by_on_day": "11", "answer_by_on_month": "12", "answer_by_on_year": "2026", "message": ""}
SOON = {"answer_by_on_day": "19", "answer_by_on_month": "11"}
LATE = {"answer_by_on_day": "1", "answer_by_on_month": "12", "answer_by_on_year": "2027"}
LEFT = {"left_on_day": "18", "left_on_month": "11", "left_on_year": "2026", "how": "said"}
VERBS: dict[str, tuple[str, str, dict[str, Any]] | None] = {
    "send": (LEARNER, "draft", {}),
    "endorse": (SCHOOL, "with_school", {"note": "A hard worker."}),
    "give_back": (SCHOOL, "with_school", {"note": "Say more."}),
    "send_unendorsed": None,
    "invite": (PROVIDER, "sent", ON),
    "cancel_interview": (PROVIDER, "interviewing", {}),
    "put_on_reserve": (PROVIDER, "sent", {}),
    "offer": (PROVIDER, "sent", BY),
    "change_offer": (PROVIDER, "offered", BY | {"message": "Come and see us."}),
    "refer": (PROVIDER, "sent", {"runs": "suggested"}),
    "take_referral": (LEARNER, "referred", {"answer": "yes"}),
    "decline_referral": (LEARNER, "referred", {"answer": "no"}),
    "refuse": (PROVIDER, "sent", {"reason": "full", "words": ""}),
    "withdraw_offer": (PROVIDER, "offered", {"words": "It will not run."}),
    "accept": (LEARNER, "offered", {}),
    "hold": (LEARNER, "offered", {}),
    "turn_down": (LEARNER, "offered", {}),
    "lapse": None,
    "confirm": (PROVIDER, "accepted", {}),
    "fail_conditions": (PROVIDER, "accepted", {"not_met": "conditions"}),
    "enrol": (PROVIDER, "confirmed", {}),
    "no_show": (PROVIDER, "confirmed", {}),
    "leave": (LEARNER, "enrolled", LEFT),
    "withdraw": (LEARNER, "sent", {"reason": "changed_mind", "words": ""}),
    "close": None,
}


# What makes an action refuse, done to a choice in the state of its verb. What is returned takes the choice's place.


def cycle(**terms):
    return lambda town, choice: Cycle.objects.filter(pk=choice.application.cycle_id).update(**terms) and None


def runs(**facts):
    def change(town, choice):
        CourseRun.objects.filter(choice_runs__choice=choice).update(**facts)

    return change


def another(state, *, first=False):
    """The learner has one more choice in this state; ``first``: before the one that is asked about."""

    def walk(town, choice):
        elsewhere = town.draft(town.run("Art", provider=town.southbank), learner=choice.application.learner)
        other = walk_to(elsewhere, state)
        if first:
            return walk_to(town.draft(town.run("Music"), learner=choice.application.learner), choice.status)
        return other and None

    return walk


def in_another(town, choice):
    other = another_sent(town, choice)
    ChoiceRun.objects.create(choice=other, run=choice.choice_runs.get().run, position=2)


def another_sent(town, choice):
    elsewhere = town.draft(town.run("Art", provider=town.southbank), learner=choice.application.learner)
    return walk_to(elsewhere, "sent")


def as_many_as_may_be(town, choice):
    another_sent(town, choice)
    cycle(choice_limit=1)(town, choice)


def same_block(town, choice):
    user = choice.application.learner.user
    actions.add_run(learner=user.learner, run=town.run("Art", option_block="A"), choice=choice, by=user)
    runs(option_block="A")(town, choice)


def asked(town, choice):
    said = {"kind": "short", "words": "When could you come?", "is_required": True}
    actions.ask_question(provider=choice.provider, cycle=choice.application.cycle, by=admissions_of(choice), **said)


def suggested_already(town, choice):
    actions.refer_choice(choice=choice, by=admissions_of(choice), runs=[town.other_run])


def run_out(town, choice):
    Offer.objects.filter(choice=choice).update(answer_by_on="2026-11-17")


def said_not_met(town, choice):
    OfferCondition.objects.filter(offer__choice=choice).update(state="not_met")


HALF_A_CONDITION = {"kind_1": "grade", "subject_1": "Art"}  # rows of a form: other doors say conditions in words
ENDED = {"ended_on": "2026-11-01"}
OVER = {"opens_on": "2025-09-01", "closes_on": "2026-03-01", "ends_on": "2026-10-31"}
OLD_MARK = {"seen": "00000000"}
OF_PAGES = (OLD_MARK, HALF_A_CONDITION)


def nothing(town, choice):
    """The choice is as it came."""


class Rule(NamedTuple):
    """One refusal: what leads to it, and what is sent otherwise than in ``VERBS``."""

    verb: str
    code: str
    given: Callable[[Town, Choice], Any] = nothing
    said: dict[str, Any] = {}
    state: str = ""  # where it is not the verb's usual one


def no_statement(town, choice):
    Application.objects.filter(pk=choice.application_id).update(statement="")


def provider_closed(town, choice):
    Organisation.objects.filter(pk=choice.provider_id).update(takes_applications=False)


def provider_opens_later(town, choice):
    Organisation.objects.filter(pk=choice.provider_id).update(applying_from_on="2026-12-01")


def tried_first(town, choice):
    ExperienceRequirement.objects.create(course=choice.choice_runs.get().run.course)


def suggestion_ended(town, choice):
    CourseRun.objects.filter(pk=town.other_run.pk).update(**ENDED)


RULES = [
    Rule("send", "statement_missing", no_statement),
    Rule("send", "cycle_not_open", cycle(opens_on="2026-12-01")),
    Rule("send", "cycle_closed", cycle(**OVER)),
    Rule("send", "provider_closed", provider_closed),
    Rule("send", "provider_not_open", provider_opens_later),
    Rule("send", "run_closed", runs(takes_applications=False)),
    Rule("send", "run_in_live_choice", in_another),
    Rule("send", "option_clash", same_block),
    Rule("send", "experience_missing", tried_first),
    Rule("send", "question_unanswered", asked),
    Rule("send", "limit_reached", as_many_as_may_be),
    Rule("invite", "interview_in_past", said={"on_month": "11"}),
    Rule("refuse", "reason_words_missing", said={"reason": "other"}),
    Rule("refer", "referral_open", suggested_already),
    Rule("offer", "run_ended", runs(**ENDED)),
    Rule("offer", "answer_by_too_soon", said=SOON),
    Rule("offer", "answer_by_after_cycle", said=LATE),
    Rule("change_offer", "run_ended", runs(**ENDED)),
    Rule("change_offer", "answer_by_too_soon", said=SOON),
    Rule("change_offer", "answer_by_after_cycle", said=LATE),
    Rule("accept", "offer_expired", run_out),
    Rule("accept", "already_started", another("enrolled", first=True)),
    Rule("accept", "changed_since", said=OLD_MARK),
    Rule("hold", "hold_not_allowed", cycle(can_hold=False)),
    Rule("hold", "holding_another", another("held")),
    Rule("hold", "offer_expired", run_out),
    Rule("hold", "changed_since", said=OLD_MARK),
    Rule("turn_down", "changed_since", said=OLD_MARK),
    Rule("take_referral", "run_ended", suggestion_ended),
    Rule("take_referral", "changed_since", said=OLD_MARK),
    Rule("decline_referral", "changed_since", said=OLD_MARK),
    Rule("withdraw", "changed_since", said=OLD_MARK),
    *(
        Rule(verb, "answers_not_open", cycle(results_on="2026-11-18", results_from="09:00", answers_from="12:00"))
        for verb in ("accept", "hold", "turn_down", "take_referral", "decline_referral")
    ),
    Rule("leave", "left_in_future", said={"left_on_day": "19"}),
    Rule("leave", "left_before_start", said={"left_on_day": "17"}),
    Rule("offer", "condition_incomplete", said=HALF_A_CONDITION),
    Rule("change_offer", "condition_incomplete", said=HALF_A_CONDITION),
    Rule("withdraw_offer", "reason_words_missing", said={"words": ""}),
    Rule("confirm", "condition_not_met", said_not_met),
    Rule("enrol", "condition_not_met", said_not_met, state="accepted"),
    Rule("confirm", "still_a_back_up", another("accepted"), state="held"),
]
# Refusals that no door of today leads to, and why not.
THE_FORM_ASKS = "the form does not go without it"
THE_FORM_LISTS = "the form lists only what can be chosen"
AT_NIGHT = "only the service does it"
NO_WAY = {
    ("send", "how_not_said"): "who has not said it does not see the draft: 404",
    ("send", "course_twice"): "a run stands once in a choice, and what belongs together is at different providers",
    ("give_back", "note_missing"): THE_FORM_ASKS,
    ("refuse", "reason_unknown"): THE_FORM_LISTS,
    ("refer", "referral_empty"): THE_FORM_ASKS,
    ("refer", "referral_elsewhere"): THE_FORM_LISTS,
    ("refer", "run_ended"): THE_FORM_LISTS,
    ("withdraw_offer", "reason_unknown"): THE_FORM_LISTS,
    ("invite", "no_free_slots"): THE_FORM_LISTS,
    ("fail_conditions", "conditions_settled"): THE_FORM_LISTS,
    ("withdraw", "reason_unknown"): THE_FORM_LISTS,
    ("leave", "reason_unknown"): THE_FORM_LISTS,
    ("send_unendorsed", "school_has_time"): AT_NIGHT,
    ("lapse", "offer_still_open"): AT_NIGHT,
    ("lapse", "not_reminded"): AT_NIGHT,
    ("close", "cycle_running"): AT_NIGHT,
}


# The doors


class Door(NamedTuple):
    """One way to a verb: ``ask(client, verb, choice, said)`` and the status of each kind of answer.

    A stranger sees no page of a choice that is not theirs, so NotAllowed is 404 and never gets as far as 403.
    """

    ask: Callable[..., Any]
    verbs: set[str]
    done: int
    rule: int
    stale: int
    stranger: int
    who: str = ""  # whose door it is, where somebody else has another one


def by_page(client, verb, choice, said):
    """The page of one verb and one choice."""
    name = "choice-referral" if verb in ("take_referral", "decline_referral") else f"choice-{verb.replace('_', '-')}"
    return client.post(reverse(f"applications:{name}", args=[choice.reference]), said)


def by_desk(client, verb, choice, said):
    """The provider says it for the learner."""
    return client.post(reverse(f"applications:received-{verb}", args=[choice.reference]), said)


def by_school(client, verb, choice, said):
    """The school says it for the learner."""
    return client.post(reverse(f"applications:endorsement-{verb}", args=[choice.reference]), said)


def in_bulk(client, verb, choice, said):
    """Several at once: here, one of several."""
    if verb == "endorse":
        address = f"{reverse('applications:endorsements-endorse')}?choice={choice.reference}"
        return client.post(address, said)
    address = reverse("applications:choices-send", args=[choice.application.reference])
    return client.post(address, {"choices": [choice.reference]})


def together(client, verb, choice, said):
    """Picked on the desk's list, here one alone, and confirmed on the page that says how many."""
    ticked = {"verb": verb, "scope": "ticked", "choice": [choice.reference]}
    picked = client.post(reverse("applications:received-pick"), ticked)
    return client.post(picked.url, said) if "/together/" in picked.url else picked


def by_system(client, verb, choice, said):
    """The provider's own system says it, with what the page's form says."""
    days = {name.removesuffix("_day") for name in said if name.endswith("_day")}
    told = {name: value for name, value in said.items() if not any(name.startswith(f"{day}_") for day in days)}
    told |= {day: "-".join(f"{int(said[f'{day}_{part}']):02}" for part in ("year", "month", "day")) for day in days}
    if "at" in told:
        told["starts_at"] = f"{told.pop('on')}T{told.pop('at')}:00+00:00"
    if "runs" in told:
        told["runs"] = list(CourseRun.objects.filter(pk__in=told["runs"]).values_list("reference", flat=True))
    if "not_met" in told:
        told["not_met"] = list(range(1, len(told["not_met"]) + 1))
    return client.system.answer(choice, verb.replace("_", "-"), **told)


TOGETHER = {"invite", "offer", "put_on_reserve", "refuse", "enrol"}
DOORS = {
    "page": Door(by_page, {verb for verb, how in VERBS.items() if how}, done=302, rule=200, stale=409, stranger=404),
    "the provider's word": Door(by_desk, {"leave", "withdraw"}, 302, 200, 409, 404, who=PROVIDER),
    "the school's word": Door(by_school, {"leave"}, 302, 200, 409, 404, who=SCHOOL),
    "send several": Door(in_bulk, {"send"}, done=302, rule=200, stale=200, stranger=404),
    "answer together": Door(together, TOGETHER, done=302, rule=200, stale=200, stranger=302),
    "API": Door(
        by_system, {each.name for each in API_VERBS}, done=200, rule=422, stale=409, stranger=404, who=PROVIDER
    ),
    "endorse several": Door(in_bulk, {"endorse"}, done=200, rule=200, stale=200, stranger=200),
}


# Asking


class States:
    """A choice in each state, of a learner of its own, reached once by the real actions."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.found: dict[str, Choice] = {}
        self.clients: dict[int, Client] = {}
        self.written: Any = None  # all there is once every state is reached

    def client_of(self, user: Any) -> Client:
        """Somebody's browser, signed in for all their asks."""
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
        return self.clients[user.pk]

    def __getitem__(self, state: str) -> Choice:
        return self.found[state]

    def reach(self, state: str) -> None:
        learner = self.town.learner(f"Kit {state[:4]}", "Bell", school=self.town.hollins)
        draft = self.town.draft(learner=learner)
        self.client_of(learner.user)
        if state == "referred":
            self.found[state] = walk_to(draft, "sent")
            suggested_already(self.town, self.found[state])
        else:
            self.found[state] = walk_to(draft, state)


WRITTEN = (
    *(Application, Choice, ChoiceRun, Offer, OfferCondition, Interview, Referral, Snapshot, CourseRun),
    *(Event, OutboxMessage),
)
EACH = "SELECT md5(coalesce(string_agg(t::text, ' ' ORDER BY t.id), '')) FROM {} t"
ALL_WRITTEN = " UNION ALL ".join(EACH.format(model._meta.db_table) for model in WRITTEN)


def all_written():
    """What a door could change. Which person looked is written at each look, and is not among it."""
    with connection.cursor() as cursor:
        cursor.execute(ALL_WRITTEN)
        return cursor.fetchall()


def person(town, who, choice):
    return {LEARNER: choice.application.learner.user, SCHOOL: town.coordinator, PROVIDER: town.admissions}[who]


STRANGERS = {LEARNER: "ben", SCHOOL: "other_coordinator", PROVIDER: "other_admissions"}


def said_of(town, verb, choice, said):
    """What is posted: with the keys that only the choice knows."""
    posted = dict(VERBS[verb][2]) | said
    if posted.get("runs") == "suggested":
        posted["runs"] = [town.other_run.pk]
    if posted.get("not_met") == "conditions":
        posted["not_met"] = list(OfferCondition.objects.filter(offer__choice=choice).values_list("pk", flat=True))
    return posted


def asks_of(door):
    """Every ask of a door: what is expected, the verb, what leads there, what is said, the state, and who asks."""
    for verb in sorted(door.verbs):
        who, state, _said = VERBS[verb]
        who = door.who or who
        yield "done", verb, Rule(verb, ""), state, who
        yield "stale", verb, Rule(verb, ""), "withdrawn" if verb != "withdraw" else "unsuccessful", who
        yield "stranger", verb, Rule(verb, ""), state, STRANGERS[who]
    for rule in RULES:
        is_sayable = not rule.said if door.ask is in_bulk else rule.said not in OF_PAGES or door.ask is not by_system
        if rule.verb in door.verbs and is_sayable:
            who, state, _said = VERBS[rule.verb]
            yield "rule", rule.verb, rule, rule.state or state, door.who or who


def wrong_with(door, town, states, ask):
    """What is wrong with the answer to one ask; nothing, it is hoped."""
    expected, verb, rule, state, who = ask
    choice = rule.given(town, states[state]) or states[state]
    user = person(town, who, choice) if who in STRANGERS else getattr(getattr(town, who), "user", getattr(town, who))
    said = said_of(town, verb, choice, rule.said)
    before = states.written if rule.given is nothing else all_written()
    answer = door.ask(states.client_of(user), verb, choice, said)
    if answer.status_code != getattr(door, expected):
        return f"answered {answer.status_code}, not {getattr(door, expected)}"
    changed = all_written() != before
    if changed != (expected == "done"):
        return "wrote something" if changed else "wrote nothing"
    if door.ask is by_system:
        code = {"rule": rule.code, "stale": "stale_state", "stranger": "not_found"}.get(expected)
        return "" if answer.json().get("code") == code else f"says {answer.json()}"
    if expected == "stale" and answer.status_code == 409:
        return "" if "See how it stands now" in answer.text else "does not lead on"
    return wrong_words(answer, rule.code, choice) if expected == "rule" else ""


def wrong_words(answer, code, choice):
    """The page says the sentence of this refusal: on the form, or beside the choice that cannot be sent."""
    form = answer.context["form"]
    errors = [each for each in form.errors.as_data().get("__all__", ()) if each.code == code]
    found = [message for row in answer.context.get("rows", ()) for one, _page in row[1] if (message := one.message)]
    sentences = [message for each in errors for message in each.messages] or found
    text = " ".join(html.unescape(answer.text).split())
    if code and not sentences:
        return f"says {form.errors.as_data()}"
    return "" if all(" ".join(sentence.split()) in text for sentence in sentences) else "does not show its sentence"


class Back(Exception):
    """Takes back what one ask has written."""


@pytest.mark.slow  # every verb, at each door
def test_each_verb_and_each_refusal_through_each_door(town):
    town.other_run = town.run("Heating Level 1")
    states = States(town)
    # From the state with the school on every choice goes through it, as bulk endorsing needs.
    for state in [
        "with_school",
        "withdrawn",
        "unsuccessful",
        "held",
        *sorted({how[1] for how in VERBS.values() if how} - {"with_school"}),
    ]:
        states.reach(state)
    for user in (town.ben.user, town.coordinator, town.other_coordinator, town.admissions, town.other_admissions):
        states.client_of(user)
    states.client_of(town.admissions).system = System(town)
    states.client_of(town.other_admissions).system = System(town, provider=town.southbank)
    states.written = all_written()
    wrong = []
    for name, door in DOORS.items():
        for ask in asks_of(door):
            try:
                with transaction.atomic():
                    if problem := wrong_with(door, town, states, ask):
                        wrong.append((name, ask[1], ask[0], ask[2].code, problem))
                    raise Back
            except Back:
                pass
    assert wrong == []


def test_every_verb_is_in_the_table_and_whoever_has_no_door_is_the_service():
    assert list(VERBS) == list(CHOICE_FLOW.moves)
    assert {verb for verb, how in VERBS.items() if how is None} == {
        verb for verb, rule in CHOICE_POLICY.rules.items() if rule is the_service
    }
    assert set().union(*(door.verbs for door in DOORS.values())) == {verb for verb, how in VERBS.items() if how}


def test_every_refusal_of_a_verb_is_in_the_table_or_says_why_no_door_leads_to_it():
    actions_of_verbs = ["answers", "decisions", "endings", "leaving", "moving", "offers", "outcomes"]
    actions_of_verbs += ["referrals", "sending"]
    places = [f"actions/{name}.py" for name in actions_of_verbs] + ["queries/sending.py", "queries/clashes.py"]
    texts = [(Path(settings.BASE_DIR) / "applications" / place).read_text(encoding="utf-8") for place in places]
    # Said when a course is put into a draft, before there is anything to send.
    codes = {code for text in texts for code in re.findall(r'code="(\w+)"', text)} - {"no_cycle", "year_group"}
    assert codes == {rule.code for rule in RULES} | {code for _verb, code in NO_WAY}
