"""What whoever runs the portal does from the command line: a lost second step nobody can help with, another key."""

import io
import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from accounts import actions
from accounts.models import Session, SignOn
from activity.models import Event
from core import sealing
from core.sealing import seal, unseal
from providers.models import RoleKind
from tests.accounts.test_second_step import KEY, member, told
from tests.factories import LearnerFactory, OrganisationFactory, ProviderFactory, UserFactory
from tests.races import at_once
from tests.second_step import code_of


def run(*words):
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def desk(db):
    person = member(OrganisationFactory(kind="authority"), RoleKind.HELP_DESK, username="desk", name="Imran Sadiq")
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="My phone", by=person)
    told()
    return person


def test_the_only_help_desk_gets_a_new_second_step_and_history_says_how(client, desk):
    client.force_login(desk)
    assert "set up a new second step" in run("reset_second_step", "Desk", "--checked", "video")
    assert not Authenticator.objects.filter(user=desk).exists()
    assert not Session.objects.filter(user=desk).exists()
    event = Event.objects.get(verb="person.reset_factors")
    assert (event.by, event.facts) == (None, {"checked": "video"})
    assert "second step at sign-in was taken away" in told()[-1]


def test_it_is_for_staff_only_and_asks_how_one_made_sure(desk):
    LearnerFactory(user=UserFactory(username="amina"))
    for name in ("amina", "nobody"):
        with pytest.raises(CommandError, match="Nobody on the staff"):
            run("reset_second_step", name, "--checked", "video")
    for words in (("reset_second_step", "desk"), ("reset_second_step", "desk", "--checked", "felt_like_it")):
        with pytest.raises(CommandError):
            run(*words)
    assert Authenticator.objects.filter(user=desk).exists()


def new_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [settings.SECRET_KEY]


@pytest.fixture
def sealed(desk):
    actions.make_recovery_codes(by=desk)
    return SignOn.objects.create(
        organisation=ProviderFactory(), issuer="https://login.example", client_id="portal", secret=seal("between us")
    )


# Of another floor: tests/applications/test_webhooks.py has some.
WEBHOOKS = [f"{kind} of webhooks: 0 sealed anew, 0 were, 0 lost" for kind in ("secrets", "older secrets")]


def test_everything_sealed_is_sealed_anew_in_pieces_and_the_old_key_can_go(sealed, desk, settings, monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 1)
    codes = actions.factors.recovery_codes_of(desk).generate_codes()
    assert run("reseal").splitlines() == [
        "second steps: 0 sealed anew, 2 were, 0 lost", "client secrets: 0 sealed anew, 1 were, 0 lost", *WEBHOOKS,
    ]  # fmt: skip
    new_key(settings)
    before = json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))
    assert run("reseal").splitlines() == [
        "second steps: 2 sealed anew, 0 were, 0 lost", "client secrets: 1 sealed anew, 0 were, 0 lost", *WEBHOOKS,
    ]  # fmt: skip
    after = json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))
    assert before != after
    assert "0 sealed anew, 2 were" in run("reseal")
    assert json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True))) == after
    settings.SECRET_KEY_FALLBACKS = []
    sealed.refresh_from_db()
    assert unseal(sealed.secret) == "between us"
    assert actions.use_code(user=desk, code=code_of(KEY)).data["name"] == "My phone"
    assert actions.factors.recovery_codes_of(desk).generate_codes() == codes


def test_what_was_sealed_with_a_key_that_is_gone_is_said_and_left(sealed, settings):
    before = sealed.secret
    settings.SECRET_KEY = "the next key"
    with pytest.raises(CommandError, match="3 were sealed with a key that is not given"):
        run("reseal")
    sealed.refresh_from_db()
    assert sealed.secret == before


@pytest.mark.django_db(transaction=True)
def test_somebody_who_signs_in_meanwhile_loses_nothing(settings):
    person = member(OrganisationFactory(kind="authority"), RoleKind.HELP_DESK)
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="My phone", by=person)
    new_key(settings)
    code = code_of(KEY)
    resealed, used = at_once(sealing.reseal, lambda: actions.use_code(user=person, code=code))
    assert resealed["second steps"].anew == 1
    data = Authenticator.objects.get().data
    assert data["step"] == used.data["step"]
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(data["secret"]) == KEY
