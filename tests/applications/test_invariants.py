"""Each impossible thing is made true by raw SQL, found, and named by key and reference; nothing else is."""

import contextlib

import pytest
from django.db import IntegrityError, connection, transaction

from applications.models import Choice
from applications.queries import broken_invariants

# what: (state to start from, SQL about that choice)
CHOICE = "UPDATE applications_choice SET {} WHERE id = %(pk)s"
BREAKS = {
    "sent without a date to answer": ("sent", CHOICE.format("answer_due_on = NULL")),
    "with the school without its dates": ("with_school", CHOICE.format("endorse_due_on = NULL")),
    "with the school and with the provider": (
        "with_school",
        CHOICE.format("sent_at = now() + '1 year', answer_due_on = now(), is_endorsed = true"),
    ),
    "sent through the school without its word": (
        "sent", CHOICE.format("endorse_due_on = now(), with_school_at = now()"),
    ),
    "the school's word without the school": ("sent", CHOICE.format("is_endorsed = true")),
    "refused without a reason": ("unsuccessful", CHOICE.format("refusal_reason = ''")),
    "withdrawn without a reason": ("withdrawn", CHOICE.format("withdrawal_reason = ''")),
    "closed by the service and not over": ("sent", CHOICE.format("is_closed_by_service = true")),
    "entered for the learner by the learner": (
        "sent",
        CHOICE.format(
            "entered_by_id = (SELECT user_id FROM accounts_learner l JOIN applications_application a "
            "ON a.learner_id = l.id WHERE a.id = application_id)"
        ),
    ),
    "status differs from its history": ("sent", CHOICE.format("status = 'reserve_list'")),
    "choice about no course": ("sent", "DELETE FROM applications_choicerun WHERE choice_id = %(pk)s"),
    "practice and the real together": (
        "sent",
        ("INSERT INTO providers_area (name, slug, is_practice, created_at) VALUES ('P', 'p', true, now());"
        "UPDATE accounts_learner SET area_id = (SELECT id FROM providers_area WHERE is_practice) "
        "WHERE id = (SELECT learner_id FROM applications_application WHERE id = %(application)s)"),
    ),
    "course of another provider": ("sent", CHOICE.format("provider_id = %(southbank)s")),
    "offer in hand without a standing offer": (
        "offered", "UPDATE applications_offer SET ended_at = now() WHERE choice_id = %(pk)s",
    ),
    "standing offer on a choice without one in hand": (
        "turned_down", "UPDATE applications_offer SET ended_at = NULL WHERE choice_id = %(pk)s",
    ),
    "certain place with a condition not met": (
        "confirmed",
        ("INSERT INTO applications_offercondition (offer_id, kind, text, state) "
        "SELECT id, 'other', 'A portfolio', 'open' FROM applications_offer WHERE choice_id = %(pk)s"),
    ),
    "ran out without two reminders": (
        "lapsed",
        ("DELETE FROM applications_answerreminder WHERE number = 2 AND offer_id IN "
        "(SELECT id FROM applications_offer WHERE choice_id = %(pk)s)"),
    ),
    "interview state without a planned interview": (
        "interviewing", "UPDATE applications_interview SET state = 'done' WHERE choice_id = %(pk)s",
    ),
    "planned interview without the interview state": (
        "sent",
        ("INSERT INTO applications_interview (choice_id, starts_at, place, note, state, by_id) "
        "VALUES (%(pk)s, now(), 'Room 4', '', 'planned', %(by)s)"),
    ),
    "open suggestion on a choice that is decided": (
        "offered",
        ("INSERT INTO applications_referral (choice_id, message, state, by_id, made_at) "
        "VALUES (%(pk)s, '', 'open', %(by)s, now())"),
    ),
    "sent without a snapshot": ("sent", "DELETE FROM applications_snapshot WHERE choice_id = %(pk)s"),
    "with the school without a snapshot": ("with_school", "DELETE FROM applications_snapshot WHERE choice_id = %(pk)s"),
    "draft with a snapshot": (
        "draft",
        ("INSERT INTO applications_snapshot (choice_id, content, sha256, made_at) "
        "VALUES (%(pk)s, NULL, repeat('0', 64), '2000-01-01')"),
    ),
    "snapshot made after it was sent": ("sent", CHOICE.format("sent_at = '2000-01-01'")),
    "snapshot of somebody who was erased": (
        "sent",
        ("UPDATE accounts_learner SET erased_at = now() WHERE id = "
        "(SELECT learner_id FROM applications_application WHERE id = %(application)s)"),
    ),
    "places taken differ from the choices that take them": (
        "sent",
        "UPDATE prospectus_courserun SET places_taken = 7 WHERE id = %(run)s",
    ),
    # A trigger refuses to change a snapshot: somebody who can get round it writes it anew.
    "snapshot differs from its fingerprint": (
        "sent",
        ("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM applications_snapshot WHERE choice_id = %(pk)s;"
        "DELETE FROM applications_snapshot WHERE choice_id = %(pk)s;"
        "INSERT INTO applications_snapshot (choice_id, content, sha256, made_at) "
        "SELECT choice_id, content, repeat('0', 64), made_at FROM kept"),
    ),
    "the table of state properties differs from the flow": (
        "draft", "UPDATE applications_stateproperty SET is_live = true WHERE state = 'draft'",
    ),
}  # fmt: skip


class Undo(Exception):
    """Ends a try, so that the next one starts from the same world."""


@pytest.mark.parametrize("state", sorted({state for state, _ in BREAKS.values()}))
def test_what_cannot_be_is_found_and_named(town, state):
    choice = town.choice(state)
    # Another that is all right, in the same state, is never named.
    fine = town.choice(state, town.run("Art"), learner=town.ben)
    run = choice.choice_runs.get().run
    assert broken_invariants() == []
    values = {
        "pk": choice.pk,
        "application": choice.application_id,
        "run": run.pk,
        "southbank": town.southbank.pk,
        "by": town.admissions.pk,
    }
    others = {
        "places taken differ from the choices that take them": f": run {run.pk} ({run.reference})",
        "the table of state properties differs from the flow": "",
    }
    for what, sql in ((what, sql) for what, (start, sql) in BREAKS.items() if start == state):
        with contextlib.suppress(Undo), transaction.atomic():
            with connection.cursor() as cursor:
                for statement in sql.split(";"):
                    cursor.execute(statement, values)
            broken = broken_invariants()
            assert f"{what}{others.get(what, f': choice {choice.pk} ({choice.reference})')}" in broken
            assert not [line for line in broken if fine.reference in line]
            assert "Amina" not in str(broken)
            raise Undo
    assert broken_invariants() == []


def test_choices_that_cannot_stand_beside_each_other_are_found(town):
    first, second = town.choice("held"), town.choice("offered", town.run("Art"))
    Choice.objects.filter(pk=second.pk).update(status="held")
    application = f"application {first.application_id} ({first.application.reference})"
    assert f"more than one back-up: {application}" in broken_invariants()
    # Firm choices that compete need no looking for: the database refuses them, also in groups of their own.
    Choice.objects.filter(pk=first.pk).update(status="confirmed", companion_group=1)
    with pytest.raises(IntegrityError, match="one_firm_choice_per_application"), transaction.atomic():
        Choice.objects.filter(pk=second.pk).update(status="confirmed", companion_group=2)
    Choice.objects.filter(pk=second.pk).update(status="confirmed", companion_group=1)
    assert f"more than one back-up: {application}" not in broken_invariants()
