"""What is agreed in reviews: targets with a history, actions with an owner, and who is reminded."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.actions import post, sweep_outbox
from core import clock
from core.errors import NotAllowed, StaleState
from ilp import actions
from ilp.keeping_reviews import REMINDERS_KEPT, remove_old_reminders
from ilp.models import AgreedAction, ReviewReminder, Target, TargetChange
from ilp.policies import AGREED_ACTION_POLICY, HELP_POLICY, TARGET_POLICY
from ilp.queries.reviews import owners_for
from ilp.workflow import AGREED_ACTION_FLOW, HELP_FLOW, TARGET_FLOW, AgreedActionState, HelpState, TargetState
from tests.factories import LearnerContactFactory
from tests.ilp.reviewing import NEXT_WEEK, Refusal, finished, planned, target
from tests.ilp.test_validating import say_yes

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)
TUESDAY = dt.date(2026, 11, 24)


def agree(people, review, *, what="Ask the art teacher", due_on=TUESDAY, by=None, owner_role=None):
    return actions.agree_action(review=review, what=what, due_on=due_on, by=by or people.tutor, owner_role=owner_role)


@pytest.fixture
def review(people):
    return planned(people)


# The tables


@pytest.mark.parametrize(
    ("policy", "flow", "states"),
    [
        (TARGET_POLICY, TARGET_FLOW, TargetState),
        (AGREED_ACTION_POLICY, AGREED_ACTION_FLOW, AgreedActionState),
        (HELP_POLICY, HELP_FLOW, HelpState),
    ],
)
def test_the_policies_know_every_verb_and_states_have_words(policy, flow, states):
    assert set(policy.rules) == set(flow.moves)
    assert all(state.label for state in states)


DO_TARGET = {
    "move": lambda t, p: actions.move_target(target=t, due_on=TUESDAY, reason="The mock is later", by=p.tutor),
    "meet": lambda t, p: actions.close_target(target=t, verb="meet", by=p.amina.user),
    "miss": lambda t, p: actions.close_target(target=t, verb="miss", reason="She was ill", by=p.tutor),
    "drop": lambda t, p: actions.close_target(target=t, verb="drop", reason="No longer wanted", by=p.tutor),
    "reopen": lambda t, p: actions.reopen_target(target=t, by=p.tutor),
}
TO_TARGET = {"open": None, "met": "meet", "not_met": "miss", "dropped": "drop"}
DO_ACTION = {
    "do": lambda a, p: actions.do_action(action=a, by=p.amina.user, note="He said yes"),
    "drop": lambda a, p: actions.drop_action(action=a, by=p.tutor, note="He has left"),
    "pass_on": lambda a, p: actions.pass_on_action(
        action=a, owner_role=p.tutor.staff_roles.get(), due_on=NEXT_WEEK, by=p.coordinator
    ),
    "reopen": lambda a, p: actions.reopen_action(action=a, by=p.tutor),
}
TO_ACTION = {"open": None, "done": "do", "dropped": "drop"}
DO_HELP = {
    "take": lambda h, p: actions.take_help(request=h, by=p.tutor),
    "close": lambda h, p: actions.close_help(request=h, outcome="We met.", by=p.tutor),
    "take_back": lambda h, p: actions.take_back_help(request=h, by=p.amina.user),
}
TO_HELP = {"asked": None, "taken": "take", "closed": "close", "taken_back": "take_back"}


@pytest.mark.parametrize(
    ("flow", "do", "ways", "make"),
    [
        (TARGET_FLOW, DO_TARGET, TO_TARGET, lambda p, r, n: target(p, r, what=f"Target {n}")),
        (AGREED_ACTION_FLOW, DO_ACTION, TO_ACTION, lambda p, r, n: agree(p, r, what=f"Action {n}")),
        (
            HELP_FLOW,
            DO_HELP,
            TO_HELP,
            lambda p, r, n: actions.ask_help(learner=p.amina, topic="money", by=p.amina.user),
        ),
    ],
    ids=["target", "action", "help"],
)
def test_every_verb_from_every_state_does_what_the_table_says(people, review, flow, do, ways, make):
    assert set(ways) == {str(state) for state in flow.states}
    for place, (state, way) in enumerate(ways.items()):
        for verb in flow.moves:
            thing = make(people, review, f"{place} {verb}")
            if way:
                thing = do[way](thing, people)
            if flow.targets(state, verb):
                thing = do[verb](thing, people)
                assert {thing.state} == flow.targets(state, verb), (state, verb)
            else:
                with pytest.raises(StaleState):
                    do[verb](thing, people)
            if "drop" in flow.verbs_from(thing.state):  # there is room for so many only
                do["drop"](thing, people)
            if "close" in flow.verbs_from(thing.state):
                do["close"](thing, people)


# Targets


def test_a_target_says_what_how_by_when_and_who_helps(people, review):
    one = target(people, review, helped_by="Ms Reed", what=" Grade 5 ")
    assert (one.what, one.how_known, one.helped_by, one.role.kind) == ("Grade 5", "The mock exam", "Ms Reed", "tutor")
    assert target(people, review, what="Grade 5") == one
    mine = target(people, review, what="Visit a college", by=people.amina.user)
    assert (mine.is_from_learner, mine.role) == (True, None)
    with Refusal("words_missing"):
        target(people, review, what=" ")
    with Refusal("due_in_past"):
        target(people, review, what="Something", due_on=TODAY - dt.timedelta(days=1))
    for stranger in (people.other_tutor, people.adviser, people.ben.user):
        with pytest.raises(NotAllowed):
            target(people, review, what="Something", by=stranger)
    for number in range(18):
        target(people, review, what=f"Target {number}")
    with Refusal("too_many"):
        target(people, review, what="One too many")
    done = actions.close_target(target=one, verb="meet", by=people.tutor)
    target(people, review, what="Now there is room")
    with Refusal("too_many"):
        actions.reopen_target(target=done, by=people.tutor)


def test_a_moved_target_keeps_the_day_before_with_who_and_why(people, review):
    one = target(people, review)
    with Refusal("reason_missing"):
        actions.move_target(target=one, due_on=NEXT_WEEK, reason="", by=people.tutor)
    with Refusal("same_day"):
        actions.move_target(target=one, due_on=one.due_on, reason="Why", by=people.tutor)
    with Refusal("due_in_past"):
        actions.move_target(target=one, due_on=dt.date(2026, 11, 1), reason="Why", by=people.tutor)
    before = one.due_on
    actions.move_target(target=one, due_on=NEXT_WEEK, reason="The exam is sooner", by=people.tutor, seen=before)
    with Refusal("changed_meanwhile"):
        actions.move_target(target=one, due_on=TUESDAY, reason="Sooner still", by=people.coordinator, seen=before)
    change = TargetChange.objects.get()
    assert (change.from_on, change.to_on, change.reason) == (before, NEXT_WEEK, "The exam is sooner")
    assert (change.by, change.role.kind) == (people.tutor, "tutor")
    for verb in ("miss", "drop"):
        with Refusal("reason_missing"):
            actions.close_target(target=one, verb=verb, by=people.tutor)
    with pytest.raises(ValueError, match="move"):
        actions.close_target(target=one, verb="move", by=people.tutor)
    with pytest.raises(NotAllowed):
        actions.close_target(target=one, verb="meet", by=people.other_tutor)


def test_open_targets_are_carried_once_and_shown_as_carried(people):
    first = finished(people, on=TODAY - dt.timedelta(days=100))
    review = planned(people)
    old = planned(people, on=TODAY - dt.timedelta(days=120), kind="annual")
    open_one, met = target(people, old, what="Open"), target(people, old, what="Met")
    actions.close_target(target=met, verb="meet", by=people.tutor)
    new = target(people, review, what="Set here")
    everything = Target.objects.all()
    assert actions.carry_targets(review=review, targets=everything, by=people.tutor) == [open_one]
    assert actions.carry_targets(review=review, targets=everything, by=people.tutor) == []
    assert [change.target for change in review.carried.all()] == [open_one]
    assert [one.what for one in review.targets.all()] == [new.what]
    with pytest.raises(StaleState):
        actions.carry_targets(review=first, targets=everything, by=people.tutor)


# The action plan


def test_an_action_is_the_learners_or_an_adults_who_looks_after_them(people, review):
    tutor, adviser = people.tutor.staff_roles.get(), people.adviser.staff_roles.get()
    mine, theirs = agree(people, review), agree(people, review, owner_role=tutor)
    assert agree(people, review) == mine
    assert set(owners_for(people.amina)) == {tutor, people.coordinator.staff_roles.get()}
    for role in (adviser, people.other_tutor.staff_roles.get()):
        with Refusal("owner_unknown"):
            agree(people, review, owner_role=role)
    say_yes(people.amina)
    assert agree(people, review, owner_role=adviser).owner_role == adviser
    with Refusal("owner_unknown"):  # a learner does not give work to adults
        agree(people, review, what="Do my homework", owner_role=tutor, by=people.amina.user)
    with Refusal("words_missing"):
        agree(people, review, what=" ")
    with Refusal("due_in_past"):
        agree(people, review, what="Yesterday", due_on=TODAY - dt.timedelta(days=1))
    with pytest.raises(NotAllowed):
        actions.do_action(action=theirs, by=people.amina.user)
    done = actions.do_action(action=mine, by=people.amina.user, note="He said yes")
    assert (done.closed_by, done.note) == (people.amina.user, "He said yes")
    with Refusal("reason_missing"):
        actions.drop_action(action=theirs, by=people.tutor, note="")
    for number in range(18):
        agree(people, review, what=f"Action {number}")
    with Refusal("too_many"):
        agree(people, review, what="One too many")
    with Refusal("too_many"):
        actions.reopen_action(action=done, by=people.tutor)


def test_what_somebody_cannot_do_is_passed_on(people, review):
    tutor, coordinator = people.tutor.staff_roles.get(), people.coordinator.staff_roles.get()
    action = agree(people, review, owner_role=tutor)
    assert AgreedAction.objects.to_be_done_by(people.tutor).get() == action
    with Refusal("owner_unknown"):
        actions.pass_on_action(
            action=action, owner_role=people.other_tutor.staff_roles.get(), due_on=NEXT_WEEK, by=people.coordinator
        )
    with Refusal("due_in_past"):
        actions.pass_on_action(
            action=action, owner_role=coordinator, due_on=TODAY - dt.timedelta(days=1), by=people.coordinator
        )
    seen = action.mark
    actions.pass_on_action(action=action, owner_role=coordinator, due_on=NEXT_WEEK, by=people.coordinator, seen=seen)
    with Refusal("changed_meanwhile"):
        actions.pass_on_action(action=action, owner_role=None, due_on=NEXT_WEEK, by=people.tutor, seen=seen)
    assert not AgreedAction.objects.to_be_done_by(people.tutor).exists()
    assert AgreedAction.objects.to_be_done_by(people.coordinator).get().due_on == NEXT_WEEK


def test_of_two_tabs_the_second_reads_that_it_was_passed_on(client, people, review):
    action, tutor = agree(people, review), people.tutor.staff_roles.get()
    client.force_login(people.tutor)
    url = reverse("ilp:agreed-action-pass-on", args=[action.reference])
    seen = client.get(url).context["form"].initial["seen"]
    day = {"due_on_day": "24", "due_on_month": "11", "due_on_year": "2026"}

    assert client.post(url, {"owner": tutor.reference, "seen": seen, **day}).status_code == 302
    page = client.post(url, {"owner": "", "seen": seen, **day})

    assert "Somebody has passed it on since you looked." in page.text
    assert AgreedAction.objects.get().owner_role == tutor


# Reminders


def test_who_has_something_to_do_is_told_once_of_each(people, mailoutbox):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    people.tutor.email = "tutor@example.org"
    people.tutor.save()
    near = TODAY + dt.timedelta(days=3)
    review = planned(people, on=near)
    planned(people, on=near + dt.timedelta(days=1), kind="annual")
    agree(people, review, due_on=near)
    agree(people, review, what="Ring the college", due_on=near, owner_role=people.tutor.staff_roles.get())
    sweep_outbox()
    mailoutbox.clear()
    assert [actions.send_review_reminders(), actions.send_review_reminders()] == [2, 0]
    sweep_outbox()
    assert sorted((mail.to, mail.subject.partition(": ")[2]) for mail in mailoutbox) == [
        (["amina@example.org"], "something to do by 21 November 2026"),
        (["tutor@example.org"], "something to do by 21 November 2026"),
    ]
    assert ReviewReminder.objects.count() == 4
    assert not any(words in mail.body for mail in mailoutbox for words in ("Amina", "college", "art", "Person"))
    with clock.at(near + dt.timedelta(days=2)):
        actions.send_review_reminders()
        sweep_outbox()
    assert "was due on 21 November 2026" in mailoutbox[-1].body
    with clock.at(TODAY + REMINDERS_KEPT + dt.timedelta(days=1)):
        assert remove_old_reminders() == 4  # those of the first day


def test_beside_something_late_the_mail_speaks_of_what_is_to_come(people, review, mailoutbox):
    people.tutor.email = "tutor@example.org"
    people.tutor.save()
    planned(people, on=dt.date(2026, 11, 28), kind="annual")
    agree(people, review, due_on=TUESDAY, owner_role=people.tutor.staff_roles.get())
    sweep_outbox()
    mailoutbox.clear()
    with clock.at(dt.date(2026, 11, 26)):
        actions.send_review_reminders()
        sweep_outbox()
    mine = [mail.subject.partition(": ")[2] for mail in mailoutbox if mail.to == ["tutor@example.org"]]
    assert mine == ["something to do by 28 November 2026"]


def test_nobody_is_told_in_quiet_hours_or_of_learners_they_look_after_no_longer(people):
    review = planned(people, on=TODAY + dt.timedelta(days=2))
    agree(people, review, due_on=TODAY + dt.timedelta(days=2))
    with clock.at(clock.now().replace(hour=23)):
        assert actions.send_review_reminders() == 1  # the tutor
    assert list(ReviewReminder.objects.values_list("user", flat=True)) == [people.tutor.pk]
    people.amina.roll_entries.update(ended_on=TODAY)
    ReviewReminder.objects.all().delete()
    assert actions.send_review_reminders() == 1  # the learner
    assert set(ReviewReminder.objects.values_list("user", flat=True)) == {people.amina.user.pk}


def test_a_reminder_that_could_not_be_sent_by_day_waits_for_the_morning(people, mailoutbox):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    agree(people, planned(people, on=TODAY + dt.timedelta(days=2)), due_on=TODAY + dt.timedelta(days=2))
    actions.send_review_reminders()
    post("message-waiting", key="message-waiting:7", user_id=people.amina.user.pk)
    with clock.at(clock.now().replace(hour=23)):
        sweep_outbox()
    assert [mail for mail in mailoutbox if mail.to == ["amina@example.org"]] == []
    with clock.at(clock.now() + dt.timedelta(days=1)):
        sweep_outbox()
    assert len([mail for mail in mailoutbox if mail.to == ["amina@example.org"]]) >= 2


# Help


def test_a_learner_asks_for_help_and_somebody_takes_it_on(people, mailoutbox):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    people.coordinator.email = "coordinator@example.org"
    people.coordinator.save()
    request = actions.ask_help(learner=people.amina, topic="money", words="Bus fares", by=people.amina.user)
    assert actions.ask_help(learner=people.amina, topic="money", words="And books", by=people.amina.user) == request
    actions.ask_help(learner=people.amina, topic="ideas", by=people.amina.user)
    for stranger in (people.tutor, people.ben.user):
        with pytest.raises(NotAllowed):
            actions.ask_help(learner=people.amina, topic="money", by=stranger)
    for stranger in (people.other_tutor, people.adviser, people.amina.user):
        with pytest.raises(NotAllowed):
            actions.take_help(request=request, by=stranger)
    taken = actions.take_help(request=request, by=people.tutor, seen=0)
    assert (taken.taken_by, taken.words) == (people.tutor, "And books")
    with Refusal("changed_meanwhile"):
        actions.take_help(request=request, by=people.coordinator, seen=0)
    with Refusal("words_missing"):
        actions.close_help(request=request, outcome=" ", by=people.tutor)
    sweep_outbox()
    assert sorted((mail.to[0], mail.subject.partition(": ")[2]) for mail in mailoutbox) == [
        ("amina@example.org", "somebody will help you"),
        ("coordinator@example.org", "somebody asks for help"),
    ]
    assert not any(words in mail.body for mail in mailoutbox for words in ("Amina", "Bus", "oney", "Person"))
    closed = actions.close_help(request=request, outcome="You have a travel card.", by=people.coordinator)
    assert (closed.closed_by, closed.taken_by) == (people.coordinator, people.tutor)
    again = actions.ask_help(learner=people.amina, topic="money", by=people.amina.user)
    assert again != request


def test_help_with_special_needs_is_for_coordinators(client, people):
    say_yes(people.amina)
    request = actions.ask_help(learner=people.amina, topic="needs", words="Hearing", by=people.amina.user)
    for adult, number in ((people.tutor, 0), (people.adviser, 0), (people.coordinator, 1)):
        client.force_login(adult)
        assert len(client.get("/desk/help/").context["object_list"]) == number
        assert len(client.get("/desk/plans/?help_topic=needs").context["rows"]) == number
        assert len(client.get("/desk/plans/figures/").context["helped"]) == number
    with pytest.raises(NotAllowed):
        actions.take_help(request=request, by=people.tutor)
    assert actions.take_help(request=request, by=people.coordinator).taken_by == people.coordinator
