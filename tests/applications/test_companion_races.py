"""Two tabs: saying yes to the second half while the halves are parted. As it is, and with the lock taken out."""

import pytest
from django.db import IntegrityError

from applications import actions
from applications.actions import companions
from applications.actions import moving as moving_module
from applications.models import Application, Choice
from applications.queries import broken_invariants
from core.errors import RuleBroken, StaleState
from tests.applications.walk import Town, again, walk_to
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def halves():
    """One half is firm, the other has an offer, and they belong together."""
    town = Town()
    btec = walk_to(town.draft(town.run("BTEC")), "offered")
    a_level = walk_to(town.draft(town.run("A level Maths", provider=town.southbank)), "offered")
    actions.join_companions(choice=btec, other=a_level, by=town.amina.user)
    actions.accept_offer(choice=btec, by=town.amina.user)
    return town, btec, a_level


def race(town, btec, a_level):
    return at_once(
        lambda: actions.accept_offer(choice=a_level, by=town.amina.user),
        lambda: actions.part_companions(choice=btec, by=town.amina.user),
    )


def test_nobody_ends_with_two_places_that_do_not_belong_together():
    town, btec, a_level = halves()
    refused = [type(outcome) for outcome in race(town, btec, a_level) if isinstance(outcome, Exception)]
    # Whoever came second: a place was let go by the new yes, or the parting was refused.
    assert set(refused) <= {RuleBroken, StaleState}
    firm = [again(each) for each in (btec, a_level) if again(each).status in ("accepted", "confirmed")]
    assert len(firm) == 1 or firm[0].companion_group == firm[1].companion_group is not None
    assert broken_invariants() == []


def test_the_database_refuses_two_firm_places_of_no_group():
    _town, btec, a_level = halves()
    Choice.objects.filter(pk=a_level.pk).update(status="confirmed")
    with pytest.raises(IntegrityError):
        Choice.objects.filter(pk=btec.pk).update(companion_group=None)


def test_without_the_lock_the_database_is_all_that_is_left(monkeypatch):
    def unlocked(application_id):
        return Application.objects.get(pk=application_id)

    town, btec, a_level = halves()
    for module in (companions, moving_module):
        monkeypatch.setattr(module, "lock_application", unlocked)
    seen = []

    def accept_between(*args, **kwargs):
        # The other tab says yes between the reading and the writing of the parting.
        found = read_companions(*args, **kwargs)
        if not seen:
            seen.append(actions.accept_offer(choice=a_level, by=town.amina.user))
        return found

    read_companions = companions.companions_of
    monkeypatch.setattr(companions, "companions_of", accept_between)
    with pytest.raises(IntegrityError):
        actions.part_companions(choice=btec, by=town.amina.user)
