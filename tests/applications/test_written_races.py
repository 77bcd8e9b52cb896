"""Two devices save one section at the same moment: as it is, and with the lock taken out, where one save is lost."""

import threading

import pytest
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Learner
from applications import actions
from applications.actions import written
from applications.actions.moving import lock_application
from applications.models import Application, SectionMark
from core.errors import RuleBroken
from tests.applications.walk import Town
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db(transaction=True)


def save_on_both(town):
    application = town.draft().application
    seen = SectionMark.objects.get(application=application, section="statement").number

    def saves(words):
        return lambda: actions.write_statement(
            application=application, statement=words, seen=seen, is_done=False, by=town.amina.user
        )

    results = at_once(saves("On my phone."), saves("At school."))
    return [one.code if isinstance(one, RuleBroken) else type(one) for one in results]


def test_one_is_saved_and_the_other_is_told():
    assert sorted(map(str, save_on_both(Town()))) == sorted([str(Application), "changed_meanwhile"])


def test_without_the_lock_one_is_lost_and_nobody_is_told(monkeypatch):
    both_have_read = threading.Barrier(2)
    town = Town()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    application = town.draft().application
    seen = SectionMark.objects.get(application=application, section="statement").number
    marked = written._mark

    def mark_once_both_are_here(*said):
        found = marked(*said)
        both_have_read.wait(timeout=5)
        return found

    monkeypatch.setattr(written, "_mark", mark_once_both_are_here)
    results = at_once(
        *(
            lambda words=words: actions.write_statement(
                application=application, statement=words, seen=seen, is_done=False, by=town.amina.user
            )
            for words in ("On my phone.", "At school.")
        )
    )
    assert [type(one) for one in results] == [Application, Application]


def test_a_telephone_number_is_kept_while_a_choice_moves(monkeypatch):
    """Whoever moves a choice holds the application first and the learner after it. The other way round the database
    would end one of the two."""
    town, meet, writing = Town(), meeting(), written.writing
    application = town.draft().application

    def writes_once_both_are_here(*asked, **more):
        meet()
        return writing(*asked, **more)

    def moves():
        with transaction.atomic():
            lock_application(application.pk)
            meet()
            Learner.objects.select_for_update(no_key=True).get(pk=application.learner_id)

    monkeypatch.setattr(written, "writing", writes_once_both_are_here)
    said = {"email": "", "phone": "01632 960001", "address": "", "postcode": ""}
    kept, moved = at_once(
        lambda: actions.write_contact(application=application, seen=0, is_done=True, by=town.amina.user, **said), moves
    )
    assert (type(kept), moved) == (Application, None)
