"""Somebody is erased while an extract of a caseload system is compared: no line of it says anything of them."""

import pytest

from accounts.actions.erasure import erase_held_back
from accounts.models import Learner
from activity.actions import run_job
from providers.actions import checking
from reporting.exchange import kind
from tests.reporting import extract
from tests.reporting.extract import extract_town, hand_over, publish, record_of
from tests.reporting.test_lock_order import Meeting


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def keys_of(upload):
    return [change.thing_key for change in upload.changes.all()]


@pytest.mark.django_db
def test_whoever_is_erased_between_comparing_and_storing_is_in_no_line_and_no_question(files, monkeypatch):
    town = extract_town()
    learner, asked_of, other = (town.people[name] for name in ("Nothing", "Outside", "Waiting"))
    show = checking._Run.show

    def erase_and_show(run, **told):
        assert [erase_held_back(each) for each in (learner, asked_of)] == [[], []]
        show(run, **told)

    monkeypatch.setattr(checking._Run, "show", erase_and_show)
    records = [record_of(learner, need="1"), record_of(other, need="1"), record_of(asked_of, upn="", need="1")]
    upload = hand_over(town, records)
    assert keys_of(upload) == [other.pk]
    assert not publish(upload, town.officer).is_published  # it was more that was found
    assert keys_of(upload) == [other.pk]
    assert publish(upload, town.officer).is_published


def without_a_lock(keys):
    return set(Learner.objects.filter(pk__in=keys, erased_at=None).values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("hold", "left"), [(kind.hold_learners, 0), (without_a_lock, 1)])
def test_an_erasure_finds_the_lines_that_are_being_stored(files, monkeypatch, hold, left):
    """It waits for them. Without the lock it looks before they are there, and they stay, as the last line shows."""
    town, meeting = extract_town(), Meeting()
    learner = town.people["Nothing"]
    monkeypatch.setattr(extract, "run_job", lambda _job: None)
    upload = hand_over(town, [record_of(learner, need="1")])
    store = checking.store_issues

    def slowly(*args):
        meeting.pause()
        return store(*args)

    monkeypatch.setattr(kind, "hold_learners", hold)
    monkeypatch.setattr(checking, "store_issues", slowly)
    assert not meeting.ends_one(lambda: run_job(upload.job_id), lambda: erase_held_back(learner))
    assert Learner.objects.get(pk=learner.pk).erased_at is not None
    assert len(keys_of(upload)) == left
