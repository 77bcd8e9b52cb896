from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from activity.registry import SENDERS
from applications import actions
from applications.messages import MESSAGES
from applications.models import StateProperty
from applications.policies import CHOICE_POLICY
from applications.queries import broken_invariants, state_properties
from applications.words import STATE_WORDS, VERB_WORDS, event_sentence, state_tag
from applications.workflow import CHOICE_FLOW, PROPERTIES, ChoiceState
from core import clock
from core.errors import NotAllowed, StaleState
from providers.querysets import ask_roles_once
from tests.applications.walk import again, walk_to
from tests.factories import OrganisationFactory

# How each verb is done, whoever does it: what the flow and the policy say is tested through the action itself.
DO = {
    "send": lambda c, by: actions.send_choice(choice=c, by=by),
    "endorse": lambda c, by: actions.endorse_choice(choice=c, by=by),
    "give_back": lambda c, by: actions.give_back_choice(choice=c, by=by, note="Say more about the course."),
    "send_unendorsed": lambda c, by: actions.send_unendorsed(choice=c, by=by),
    "invite": lambda c, by: actions.invite_to_interview(choice=c, by=by, starts_at=c.created_at, place="Room 4"),
    "cancel_interview": lambda c, by: actions.cancel_interview(choice=c, by=by),
    "put_on_reserve": lambda c, by: actions.put_on_reserve(choice=c, by=by),
    "offer": lambda c, by: actions.make_offer(choice=c, by=by),
    "change_offer": lambda c, by: actions.change_offer(choice=c, by=by),
    "refer": lambda c, by: actions.refer_choice(choice=c, by=by, runs=[]),
    "take_referral": lambda c, by: actions.take_referral(choice=c, by=by),
    "decline_referral": lambda c, by: actions.decline_referral(choice=c, by=by),
    "refuse": lambda c, by: actions.refuse_choice(choice=c, by=by, reason="full"),
    "withdraw_offer": lambda c, by: actions.withdraw_offer(choice=c, by=by, words="It will not run."),
    "accept": lambda c, by: actions.accept_offer(choice=c, by=by),
    "hold": lambda c, by: actions.hold_offer(choice=c, by=by),
    "turn_down": lambda c, by: actions.turn_down_offer(choice=c, by=by),
    "lapse": lambda c, by: actions.lapse_offer(choice=c, by=by),
    "confirm": lambda c, by: actions.confirm_place(choice=c, by=by),
    "fail_conditions": lambda c, by: actions.fail_conditions(choice=c, by=by),
    "enrol": lambda c, by: actions.enrol(choice=c, by=by),
    "no_show": lambda c, by: actions.record_no_show(choice=c, by=by),
    "leave": lambda c, by: actions.leave_course(choice=c, by=by, left_on=clock.today()),
    "withdraw": lambda c, by: actions.withdraw_choice(choice=c, by=by, reason="changed_mind"),
    "close": lambda c, by: actions.close_choice(choice=c, by=by),
}

LEARNER, SCHOOL, PROVIDER, SERVICE = "amina", "coordinator", "admissions", "service"
OTHERS = ["ben", "other_coordinator", "other_admissions", "adviser"]
# Asked of the policy alone, which the moves above are shown to ask: (kind of role, at whose desk), or who else.
MORE = {
    "a manager of the provider": ("manager", "northfield"),
    "an editor of the provider": ("editor", "northfield"),
    "a manager of another provider": ("manager", "southbank"),
    "a tutor of the school": ("tutor", "hollins"),
    "an officer of the authority": ("officer", "authority"),
}
# Who may do what, copied by hand from SPEC 5, so that a slip in the policy is not repeated here.
WHO = {
    "send": {LEARNER, SCHOOL},
    "endorse": {SCHOOL},
    "give_back": {SCHOOL},
    "send_unendorsed": {SERVICE},
    "invite": {PROVIDER},
    "cancel_interview": {PROVIDER},
    "put_on_reserve": {PROVIDER},
    "offer": {PROVIDER},
    "change_offer": {PROVIDER},
    "refer": {PROVIDER},
    "take_referral": {LEARNER},
    "decline_referral": {LEARNER},
    "refuse": {PROVIDER},
    "withdraw_offer": {PROVIDER},
    "accept": {LEARNER},
    "hold": {LEARNER},
    "turn_down": {LEARNER},
    "lapse": {SERVICE},
    "confirm": {PROVIDER},
    "fail_conditions": {PROVIDER},
    "enrol": {PROVIDER},
    "no_show": {PROVIDER},
    "leave": {LEARNER, SCHOOL, PROVIDER},
    "withdraw": {LEARNER, PROVIDER},
    "close": {SERVICE},
}


def person(town, name):
    who = None if name == SERVICE else getattr(town, name)
    return who.user if name in ("amina", "ben") else who


def test_the_committed_diagram_is_the_flow():
    committed = Path(settings.BASE_DIR) / "docs" / "diagrams" / "choice.mmd"
    assert committed.read_text(encoding="utf-8") == CHOICE_FLOW.mermaid()


def test_every_verb_has_a_rule_words_and_an_action():
    verbs = list(CHOICE_FLOW.moves)
    assert list(CHOICE_POLICY.rules) == verbs
    assert list(VERB_WORDS) == verbs
    assert list(DO) == verbs
    assert list(WHO) == verbs


def test_every_state_has_words_for_each_audience():
    assert list(STATE_WORDS) == list(ChoiceState)
    for state in ChoiceState:
        words = STATE_WORDS[state]
        assert all(words), state
        assert "{" not in words.learner_sentence.format(provider="Northfield College")
        for audience in ("learner", "provider", "school"):
            assert state_tag(state, audience=audience)[0]


def test_every_verb_has_a_sentence_for_the_timeline():
    for verb in CHOICE_FLOW.moves:
        for audience in ("learner", "provider", "school"):
            sentence = event_sentence(f"choice.{verb}", audience=audience, provider="Northfield College")
            assert sentence.endswith(".")
            assert "{" not in sentence


def test_every_kind_of_message_can_be_sent():
    assert set(MESSAGES) <= set(SENDERS)


@pytest.mark.django_db
def test_the_table_of_state_properties_is_the_flow():
    rows = {row.pop("state"): row for row in StateProperty.objects.values()}
    assert rows == state_properties()
    assert rows["held"] == {
        "is_live": True,
        "is_with_provider": False,
        "has_offer_in_hand": True,
        "is_place_taken": True,
        "is_firm": False,
        "is_over": False,
    }


@pytest.mark.django_db(transaction=True)
def test_the_table_of_state_properties_comes_back_after_a_flush():
    from django.core.management import call_command

    StateProperty.objects.all().delete()
    call_command("flush", interactive=False, verbosity=0)
    assert set(StateProperty.objects.values_list("state", flat=True)) == set(ChoiceState)


@pytest.mark.parametrize("state", list(ChoiceState))
def test_every_state_is_reached_by_the_real_actions_and_leaves_nothing_impossible(town, state):
    choice = town.choice(state)
    assert choice.status == state
    assert broken_invariants() == []
    taken = choice.choice_runs.get().run.places_taken
    assert taken == (1 if state in PROPERTIES["is_place_taken"] else 0)


@pytest.mark.parametrize("state", list(ChoiceState))
def test_each_verb_from_each_state_is_for_those_the_table_names_and_nobody_else(town, state):
    """Every verb, state and kind of person: 25 x 18 x 15. Allowed and possible means that the action gets past
    policy and flow; what it then says of dates and reasons is tested with the action."""
    choice = town.choice(state)
    is_received = choice.sent_at is not None
    people = {name: person(town, name) for name in [LEARNER, SCHOOL, PROVIDER, SERVICE, *OTHERS]}
    for user in filter(None, people.values()):
        ask_roles_once(user)  # as every request does
    for verb, who in WHO.items():
        possible = state in CHOICE_FLOW.sources(verb)
        for name, user in people.items():
            may = name in who and (name != PROVIDER or is_received)
            assert outcome_of(verb, choice, user) == (
                "not allowed" if not may else "possible" if possible else "stale"
            ), f"{name} does {verb} from {state}"
    for name, user in more_people(town).items():
        answers = {}
        for verb, who in WHO.items():
            rule = CHOICE_POLICY.rules[verb]
            if rule not in answers:
                answers[rule] = CHOICE_POLICY.can(user, verb, choice)
            may = name == "a manager of the provider" and PROVIDER in who and is_received
            assert answers[rule] == may, f"{name} does {verb} from {state}"


def more_people(town):
    """Those of ``MORE``, a visitor, and the adviser once the learner shares with them."""
    town.amina.consents.create(kind="advice_service", is_given=True, words="May we?", by=town.amina.user)
    town.authority = OrganisationFactory(kind="authority", area=town.area)
    people = {name: town.staff(f"{kind} {where}", getattr(town, where), kind) for name, (kind, where) in MORE.items()}
    return people | {"the adviser, with consent": town.adviser, "a visitor": AnonymousUser()}


class Undo(Exception):
    """Ends a tried move, so that the next one starts from the same state."""


def outcome_of(verb, choice, by):
    """What policy and flow say, asked through the real door: the body of the action is not run."""
    from applications.actions.moving import moving

    try:
        with moving(choice, verb, by=by):
            raise Undo
    except NotAllowed:
        return "not allowed"
    except StaleState:
        return "stale"
    except Undo:
        return "possible"


@pytest.mark.parametrize("verb", list(CHOICE_FLOW.moves))
def test_the_action_of_each_verb_asks_the_policy_of_that_verb(town, verb):
    state = min(CHOICE_FLOW.sources(verb))
    choice = town.choice(state)
    for name in {LEARNER, SCHOOL, PROVIDER, SERVICE, *OTHERS} - WHO[verb]:
        with pytest.raises(NotAllowed):
            DO[verb](choice, person(town, name))


@pytest.mark.parametrize("state", list(ChoiceState))
def test_the_action_of_each_verb_asks_the_flow_for_that_verb(town, state):
    """Every verb that this state does not know, by everybody who may do it: refused, and nothing has happened."""
    choice = walk_to(town.draft(learner=town.learner("Cara", "Bell", school=town.hollins)), state)
    town.cycle.has_endorsement = False
    town.cycle.save()
    by = {
        LEARNER: choice.application.learner.user,
        SCHOOL: town.coordinator,
        PROVIDER: town.admissions,
        SERVICE: None,
    }
    for verb in CHOICE_FLOW.moves:
        for name in () if state in CHOICE_FLOW.sources(verb) else WHO[verb]:
            if name != PROVIDER or choice.sent_at:
                with pytest.raises(StaleState):
                    DO[verb](choice, by[name])
    assert again(choice).status == state
