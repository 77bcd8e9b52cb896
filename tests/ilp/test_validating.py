"""Adults stand behind a plan: they validate, or want to talk."""

import datetime as dt

import pytest

from accounts.models import Supporter
from activity.actions import sweep_outbox
from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.models import Entry, Plan, Remark
from ilp.policies import ENTRY_POLICY
from ilp.queries import waiting_for
from ilp.workflow import ENTRY_FLOW, EntryState
from tests.factories import UserFactory
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db


def say_yes(learner, is_given=True):
    learner.consents.create(kind="advice_service", is_given=is_given, words="May we?", by=learner.user)


def let_in(learner, kind, sections):
    return Supporter.objects.create(
        learner=learner, user=UserFactory(), kind=kind, known_as="Sam", sections=sections,
        until_on=clock.today() + dt.timedelta(days=30), accepted_at=clock.now(), expires_at=clock.now(),
    ).user  # fmt: skip


# The table


def test_the_policy_knows_every_verb():
    assert set(ENTRY_POLICY.rules) == set(ENTRY_FLOW.moves)


DO = {
    "revise": lambda e, p: actions.revise_entry(
        entry=e, seen=Entry.objects.get(pk=e.pk).revision.number, by=p.amina.user, title=f"New {clock.now()}", words=""
    ),
    "validate": lambda e, p: actions.validate_entry(entry=e, seen=e.revision.number, by=p.tutor),
    "talk": lambda e, p: actions.talk_about_entry(entry=e, seen=e.revision.number, by=p.tutor, words="Say more."),
    "reply": lambda e, p: actions.reply_to_entry(entry=e, by=p.amina.user, words="I did."),
    "take_back": lambda e, p: actions.take_back_validation(entry=e, by=p.tutor),
    "take_out": lambda e, p: actions.take_out_entry(entry=e, by=p.amina.user),
    "put_back": lambda e, p: actions.put_back_entry(entry=e, by=p.amina.user),
}
WAYS = {"awaiting": [], "talk": ["talk"], "validated": ["validate"], "taken_out": ["take_out"]}


@pytest.mark.parametrize("state", EntryState.values)
@pytest.mark.parametrize("verb", ENTRY_FLOW.moves)
def test_every_verb_from_every_state_does_what_the_table_says(people, add, state, verb):
    entry = add()
    for step in WAYS[state]:
        entry = DO[step](entry, people)
    entry = Entry.objects.for_list().get(pk=entry.pk)
    if ENTRY_FLOW.targets(state, verb):
        assert {DO[verb](entry, people).state} == ENTRY_FLOW.targets(state, verb)
    else:
        # Nobody can take back what nobody validated: who may is asked before whether it may be.
        with pytest.raises((StaleState, NotAllowed)):
            DO[verb](entry, people)
        assert Entry.objects.get(pk=entry.pk).state == state


def test_every_state_has_words():
    assert all(state.label for state in EntryState)


# Who


def test_adults_of_the_school_and_the_adviser_with_consent_stand_behind_it(people, add):
    entry = add()
    for adult in (people.tutor, people.coordinator):
        assert ENTRY_POLICY.can(adult, "validate", entry)
        assert Plan.objects.visible_to(adult).get() == people.plan
    for stranger in (people.other_tutor, people.ben.user, people.adviser):
        assert not ENTRY_POLICY.can(stranger, "validate", entry)
        assert not Plan.objects.visible_to(stranger).exists()
        assert not Entry.objects.visible_to(stranger).exists()
    say_yes(people.amina)
    assert ENTRY_POLICY.can(people.adviser, "validate", entry)
    say_yes(people.amina, is_given=False)
    assert not ENTRY_POLICY.can(people.adviser, "validate", entry)
    assert not Entry.objects.visible_to(people.adviser).exists()


def test_nobody_validates_their_own(people, add):
    entry = add()
    with pytest.raises(NotAllowed):
        actions.validate_entry(entry=entry, seen=1, by=people.amina.user)


def test_it_ends_with_the_relation(people, add):
    entry = add()
    people.amina.roll_entries.update(ended_on=clock.today() - dt.timedelta(days=1))
    assert not Entry.objects.visible_to(people.tutor).exists()
    with pytest.raises(NotAllowed):
        actions.validate_entry(entry=entry, seen=1, by=people.tutor)


def test_who_was_let_in_sees_the_section_and_only_who_works_with_the_learner_validates(people, add):
    skill, tried = add(), add(kind="experience", title="A taster day")
    parent = let_in(people.amina, "parent", ["plan", "experiences"])
    mentor = let_in(people.amina, "professional", ["plan"])
    employer = let_in(people.amina, "professional", ["experiences"])
    choices = let_in(people.amina, "professional", ["choices"])
    seen = {who: set(Entry.objects.visible_to(who)) for who in (parent, mentor, employer, choices)}
    assert seen == {parent: {skill, tried}, mentor: {skill}, employer: {tried}, choices: set()}
    assert not ENTRY_POLICY.can(parent, "validate", skill)
    assert ENTRY_POLICY.can(mentor, "validate", skill)
    assert not ENTRY_POLICY.can(mentor, "talk", tried)
    assert ENTRY_POLICY.can(employer, "validate", tried)


# What is said


def test_a_validation_says_who_in_which_role_and_when(people, add):
    entry = add()
    actions.validate_entry(entry=entry, seen=1, by=people.tutor, words="Well said.")
    said = Remark.objects.get()
    assert (said.kind, said.by, said.role.kind, said.words) == ("validated", people.tutor, "tutor", "Well said.")
    assert Event.objects.get(verb="entry.validate").facts == {"kind": "skill", "revision": 1}


def test_what_was_changed_since_it_was_read_is_not_validated(people, add):
    entry = add()
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="Something else", words="")
    for act in (actions.validate_entry, actions.talk_about_entry):
        with pytest.raises(RuleBroken) as refusal:
            act(entry=entry, seen=1, by=people.tutor, words="Good.")
        assert refusal.value.code == "changed_meanwhile"
    assert not Remark.objects.exists()


def test_lets_talk_tells_the_learner_once_a_day_and_nothing_of_what_was_said(people, add, mailoutbox):
    people.amina.user.email = "amina@example.org"
    people.amina.user.save()
    for entry in (add(), add()):
        actions.talk_about_entry(entry=entry, seen=1, by=people.tutor, words="When was it?")
    sweep_outbox()
    (mail,) = mailoutbox
    assert mail.to == ["amina@example.org"]
    assert "/my-plan/" in mail.body
    assert "When was it" not in mail.body
    assert "Mending" not in mail.subject + mail.body


def test_talking_needs_words(people, add):
    entry = add()
    with pytest.raises(RuleBroken, match="Say what you would like to talk about"):
        actions.talk_about_entry(entry=entry, seen=1, by=people.tutor, words=" ")
    actions.talk_about_entry(entry=entry, seen=1, by=people.tutor, words="Say more.")
    with pytest.raises(RuleBroken, match="Write your answer"):
        actions.reply_to_entry(entry=entry, by=people.amina.user, words=" ")
    assert Remark.objects.count() == 1


def test_an_answer_is_told_to_whoever_wanted_to_talk(people, add, mailoutbox):
    people.tutor.email = "tutor@example.org"
    people.tutor.save()
    entry = add()
    actions.talk_about_entry(entry=entry, seen=1, by=people.tutor, words="Say more.")
    entry = actions.reply_to_entry(entry=entry, by=people.amina.user, words="It was last summer.")
    assert entry.state == "talk"
    sweep_outbox()
    assert [mail.to for mail in mailoutbox if "answer" in mail.subject] == [["tutor@example.org"]]
    assert "summer" not in "".join(mail.body for mail in mailoutbox)


def test_only_who_validated_takes_it_back(people, add):
    entry = add()
    actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    with pytest.raises(NotAllowed):
        actions.take_back_validation(entry=entry, by=people.coordinator)
    assert actions.take_back_validation(entry=entry, by=people.tutor).state == "awaiting"


# Many at once


def test_a_class_is_answered_at_once_and_what_moved_on_is_passed_over(people, add):
    entries = [add(title=f"Skill {at}") for at in range(4)]
    actions.revise_entry(entry=entries[2], seen=1, by=people.amina.user, title="Changed", words="")
    answers = [actions.Answer(entry, 1, "talk" if at == 1 else "validate", "Why?") for at, entry in enumerate(entries)]
    answered = actions.answer_entries(answers=answers, by=people.tutor)
    assert ([entry.pk for entry in answered.done], answered.passed_over) == (
        [entries[0].pk, entries[1].pk, entries[3].pk],
        [entries[2]],
    )
    assert list(Entry.objects.order_by("pk").values_list("state", flat=True)) == [
        "validated", "talk", "awaiting", "validated",
    ]  # fmt: skip


def test_one_answer_without_words_stops_all_before_anything_is_written(people, add):
    answers = [actions.Answer(add(), 1, "validate"), actions.Answer(add(), 1, "talk")]
    with pytest.raises(RuleBroken):
        actions.answer_entries(answers=answers, by=people.tutor)
    assert not Remark.objects.exists()


def test_whoever_has_waited_longest_comes_first_with_all_of_theirs(people, add):
    bens = actions.start_plan(learner=people.ben, by=people.ben.user)
    people.ben.roll_entries.update(school=people.school, tutor_group="11A")
    first = add(title="First")
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        his = actions.add_entry(plan=bens, kind="skill", title="His", by=people.ben.user)
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        last = add(title="Last")
    assert list(waiting_for(people.tutor)) == [first, last, his]
    assert list(waiting_for(people.tutor, tutor_group="11A")) == [his]
    assert list(waiting_for(people.tutor, year_group="12")) == []
    assert list(waiting_for(people.tutor, learner=people.ben)) == [his]
    assert not waiting_for(people.other_tutor).exists()
    assert not waiting_for(people.amina.user).exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_adults_validate_and_one_is_told(self, people, add):
        entry = add()

        def validate(who):
            return actions.validate_entry(entry=entry, seen=1, by=who)

        results = at_once(lambda: validate(people.tutor), lambda: validate(people.coordinator))
        assert sorted(type(result).__name__ for result in results) == ["Entry", "StaleState"]
        assert Remark.objects.count() == 1

    def test_without_the_learners_lock_both_would_validate(self, people, add, monkeypatch):
        entry = add()
        monkeypatch.setattr("ilp.actions.plans.lock_learner", lambda _key: None)
        save = Entry.save
        meet = meeting()
        monkeypatch.setattr(Entry, "save", lambda self, **options: (meet(), save(self, **options))[1])
        results = at_once(
            *(
                lambda who=who: actions.validate_entry(entry=entry, seen=1, by=who)
                for who in (people.tutor, people.coordinator)
            )
        )
        assert [type(result).__name__ for result in results] == ["Entry", "Entry"]

    def test_a_change_and_a_validation_at_once_never_validate_what_was_not_read(self, people, add):
        entry = add()
        at_once(
            lambda: actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="New", words=""),
            lambda: actions.validate_entry(entry=entry, seen=1, by=people.tutor),
        )
        entry = Entry.objects.for_list().get(pk=entry.pk)
        assert (entry.revision.number, entry.state) == (2, "awaiting")
