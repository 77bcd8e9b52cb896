"""An organisation signs its people on itself: against a real OpenID Connect server, and against one that lies."""

import datetime as dt
import json
import re
import time
import warnings
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpcore
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client

from accounts import actions, openid
from accounts.models import Session, SignOn, SignOnIdentity
from accounts.openid import Issuer, Question, Said, SignOnFailed
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from core.errors import NotAllowed, RuleBroken, StaleState
from core.sealing import unseal
from providers.models import RoleKind
from tests.accounts.test_second_step import KEY, PASSWORD, type_password
from tests.factories import (
    AreaFactory,
    InvitationFactory,
    OrganisationFactory,
    ProviderFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.outside import LOCAL, running
from tests.second_step import code_of

# Of the server in its thread, which is a library's and not ours to mend.
pytestmark = pytest.mark.filterwarnings(
    "ignore:get_jwt_config:DeprecationWarning", "ignore::DeprecationWarning:authlib"
)
SECRET = "a secret between us"
TOM = "tom@northfield.ac.uk"


@pytest.fixture(scope="module")
def server():
    with warnings.catch_warnings():  # the library's own
        warnings.simplefilter("ignore")
        from oidc_provider_mock import run_server_in_thread
    with run_server_in_thread() as running_server:
        yield f"http://localhost:{running_server.server_port}"


@pytest.fixture(autouse=True)
def may_ask_this_machine(settings):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL, "::1/128"]


@pytest.fixture
def college(db):
    return ProviderFactory(name="Northfield College")


def member(organisation, kind=RoleKind.EDITOR, **person):
    user = UserFactory(**{"username": "tom.reed", "name": "Tom Reed", "email": TOM} | person)
    user.set_password(PASSWORD)
    user.save()
    StaffRoleFactory(user=user, organisation=organisation, kind=kind)
    return user


@pytest.fixture
def tom(college):
    return member(college)


@pytest.fixture
def manager(college):
    return member(college, RoleKind.MANAGER, username="priya", name="Priya Shah", email="priya@northfield.ac.uk")


def set_to(organisation, server, by, **facts):
    usual = {
        "issuer": server, "client_id": "portal", "secret": SECRET, "domains": ["northfield.ac.uk"],
        "trusts_factor": False, "strong_level": "",
    }  # fmt: skip
    return actions.set_sign_on(organisation=organisation, by=by, **usual | facts)


def put_on(sign_on, by):
    actions.note_trial(sign_on=sign_on, tried=sign_on, by=by)
    return actions.switch_on(sign_on=sign_on, by=by)


@pytest.fixture
def sign_on(college, server, manager):
    return put_on(set_to(college, server, manager), manager)


@pytest.fixture
def joined(sign_on, tom):
    return actions.join_sign_on(sign_on=sign_on, said=said(), by=tom)


def said(subject="t-1", email=TOM, **facts):
    usual = {"is_verified": True, "methods": [], "level": ""}
    return Said(subject=subject, email=email, **usual | facts)


def person(server, subject="t-1", **claims):
    claims = {"email": TOM, "email_verified": True} | claims
    sent = {"headers": {"Content-Type": "application/json"}, "content": json.dumps(claims).encode()}
    assert httpcore.request("PUT", f"{server}/users/{subject}", **sent).status < 300


def way_out(client, sign_on, path=None, **more):
    """The address at the issuer somebody is sent to, with what is asked there."""
    page = client.post(path or f"/sign-in/with/{sign_on.organisation.reference}/", more)
    assert page.status_code == 200, page.content.decode()
    return re.search(r'content="0;url=([^"]*)"', page.content.decode())[1].replace("&amp;", "&")


def signed_in_there(url, subject="t-1", **instead):
    """The person signs in at the issuer. Returns the path it sends them back to."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query)) | instead
    sent = {
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "content": urlencode({"sub": subject}).encode(),
    }
    answer = httpcore.request("POST", f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(asked)}", **sent)
    assert answer.status == 302, answer.content.decode()
    back = urlsplit(dict(answer.headers)[b"Location"].decode())
    return f"{back.path}?{back.query}"


def sign_in(client, sign_on, subject="t-1", **instead):
    return client.get(signed_in_there(way_out(client, sign_on), subject, **instead))


def is_in(client):
    return "_auth_user_id" in client.session


def words_after(client, response):
    """What the person is told on the page they come to."""
    return client.get(response.url).content.decode()


# --- the whole way


def test_set_tried_switched_on_found_joined_and_used(client, college, server, manager, tom):
    person(server, "m-1", email="priya@northfield.ac.uk", amr=["pwd", "mfa"])
    client.force_login(manager)
    url = f"/desk/sign-on/{college.reference}/"
    assert client.get("/desk/sign-on/").url == url
    page = client.get(url).content.decode()
    assert f"/sign-in/with/{college.reference}/back/" in page
    answers = {"issuer": server, "client_id": "portal", "secret": SECRET, "domains": "@Northfield.ac.uk\nnf.example"}
    assert client.post(url, answers).status_code == 302
    sign_on = SignOn.objects.get()
    assert (unseal(sign_on.secret), sign_on.on_at) == (SECRET, None)
    assert SECRET not in sign_on.secret
    assert "Not tried yet" in client.get(url).content.decode()
    assert "Try it first" in client.post(f"{url}on/", follow=True).content.decode()

    back = signed_in_there(way_out(client, sign_on, f"{url}try/"), "m-1")
    page = words_after(client, client.get(back))
    assert "It works: you came back signed on. It said that there were two factors." in page
    assert SECRET not in page
    assert not SignOnIdentity.objects.exists()
    assert "It is on" in client.post(f"{url}on/", follow=True).content.decode()

    toms = Client()
    person(server)
    assert toms.post("/sign-in/organisation/", {"email": "Tom@Northfield.AC.UK"}).url == (
        f"/sign-in/with/{college.reference}/"
    )
    back = sign_in(toms, sign_on)
    assert back.url == "/sign-in/?next=/sign-in/join/"
    assert "Sign in once more with your sign-in name" in words_after(toms, back)
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="My phone", by=tom)
    assert type_password(toms, next="/sign-in/join/").url == "/sign-in/code/"
    assert toms.post("/sign-in/code/", {"code": code_of(KEY)}).url == "/sign-in/join/"
    assert f"says that you are {TOM}" in toms.get("/sign-in/join/").content.decode()
    assert not SignOnIdentity.objects.exists()
    assert toms.post("/sign-in/join/").url == "/account/"
    assert "Northfield College, since" in toms.get("/account/").content.decode()

    again = Client()
    assert sign_in(again, sign_on).url == "/sign-in/code/"  # its factors are not trusted
    assert not is_in(again)
    assert again.post("/sign-in/code/", {"code": code_of(KEY, steps=1)}).url == "/start/"
    assert is_in(again)
    assert again.cookies["sessionid"]["max-age"] == ""
    assert [event.verb for event in Event.objects.filter(verb__startswith="sign_on.").order_by("pk")] == [
        "sign_on.set", "sign_on.try", "sign_on.switch_on", "sign_on.join",
    ]  # fmt: skip
    for key in OutboxMessage.objects.filter(sent_at=None).values_list("pk", flat=True):
        deliver(key)
    assert "was joined to the sign-in of the organisation" in mail.outbox[-1].body
    assert "Northfield" not in mail.outbox[-1].body


def test_somebody_invited_makes_their_account_and_both_are_joined(client, sign_on, server):
    invitation = InvitationFactory(organisation=sign_on.organisation, email="ana@northfield.ac.uk", kind="editor")
    from providers.actions import make_link

    _, token = make_link(invitation_id=invitation.pk, sending=invitation.sendings)
    client.get(f"/invitation/{token}/")
    person(server, "a-1", email="Ana@northfield.ac.uk")
    assert sign_in(client, sign_on, "a-1").url == "/invitation/"
    assert not SignOnIdentity.objects.exists()
    new = {"name": "Ana Silva", "username": "ana.silva", "password": PASSWORD, "password_again": PASSWORD}
    assert client.post("/invitation/", new).status_code == 302
    session = client.session
    session["second_factor"] = "test"
    session.save()
    assert client.get("/start/").url == "/sign-in/join/"
    client.post("/sign-in/join/")
    assert SignOnIdentity.objects.get().user.username == "ana.silva"


# --- the second factor


@pytest.mark.parametrize(
    ("trusts", "claims", "elsewhere", "expected"),
    [
        (True, {"amr": ["pwd", "mfa"]}, False, "/start/"),
        (True, {"acr": "two"}, False, "/start/"),
        (True, {"amr": ["pwd"]}, False, "/sign-in/code/"),
        (True, {"amr": "mfa"}, False, "/sign-in/code/"),
        (True, {}, False, "/sign-in/code/"),
        (False, {"amr": ["mfa"]}, False, "/sign-in/code/"),
        (True, {"amr": ["mfa"]}, True, "/sign-in/code/"),
    ],
)
def test_what_counts_as_a_second_factor(client, joined, server, tom, manager, trusts, claims, elsewhere, expected):
    set_to(joined.sign_on.organisation, server, manager, secret="", trusts_factor=trusts, strong_level="two")
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="My phone", by=tom)
    if elsewhere:
        StaffRoleFactory(user=tom, organisation=OrganisationFactory(), is_aside=True)
    person(server, **claims)
    assert sign_in(client, joined.sign_on).url == expected
    if expected == "/start/":
        assert client.session["second_factor"] == "sign_on"
        assert client.get("/desk/staff/").status_code == 302


def test_such_a_session_ends_like_any_other(client, joined, server, manager, school_day):
    set_to(joined.sign_on.organisation, server, manager, secret="", trusts_factor=True)
    person(server, amr=["mfa"])
    sign_in(client, joined.sign_on)
    assert client.get("/account/").status_code == 200
    school_day.shift(dt.timedelta(minutes=31))
    assert client.get("/account/").status_code == 302


# --- who it is


def test_it_is_who_the_issuer_says_not_where_their_mail_goes(client, joined, server, tom):
    person(server, email="new.name@elsewhere.example", email_verified=False)
    assert sign_in(client, joined.sign_on).url == "/start/"
    assert client.session["_auth_user_id"] == str(tom.pk)
    other = Client()
    person(server, "t-2", email=TOM)  # the address was given to somebody else there
    assert sign_in(other, joined.sign_on, "t-2").url == "/sign-in/?next=/sign-in/join/"
    assert not is_in(other)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email_verified": False}, "not that your e-mail address is proved"),
        ({"email_verified": None}, "not that your e-mail address is proved"),
        ({"email": ""}, "not that your e-mail address is proved"),
        ({"email": "tom@southbank.ac.uk"}, "Your address is not one of Northfield College"),
    ],
)
def test_the_first_time_a_proved_address_of_the_organisation_is_needed(client, sign_on, server, tom, claims, words):
    person(server, **claims)
    back = sign_in(client, sign_on)
    assert back.url == "/sign-in/"
    assert words in words_after(client, back)
    assert not is_in(client)
    assert "sign_on_pending" not in client.session


def test_nobody_joins_an_account_with_another_address(client, sign_on, server, manager, tom):
    """Mallory's session at the issuer and Priya's here, on one computer."""
    person(server, "x-1", email="mallory@northfield.ac.uk")
    client.force_login(manager)
    assert sign_in(client, sign_on, "x-1").url == "/sign-in/join/"
    assert "has another address" in client.post("/sign-in/join/").content.decode()
    assert not SignOnIdentity.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"is_verified": False}, "not_verified"),
        ({"email": "tom@elsewhere.example"}, "other_domain"),
        ({"email": "other@northfield.ac.uk"}, "other_address"),
    ],
)
def test_the_action_asks_all_of_it_again(sign_on, tom, facts, code):
    with pytest.raises(RuleBroken) as refusal:
        actions.join_sign_on(sign_on=sign_on, said=said(**facts), by=tom)
    assert refusal.value.code == code


def test_an_identity_has_one_account_and_an_account_one_identity(joined, college):
    twin = member(college, username="twin")
    with pytest.raises(RuleBroken) as refusal:
        actions.join_sign_on(sign_on=joined.sign_on, said=said(), by=twin)
    assert refusal.value.code == "identity_taken"
    with pytest.raises(RuleBroken) as refusal:
        actions.join_sign_on(sign_on=joined.sign_on, said=said("t-2"), by=joined.user)
    assert refusal.value.code == "has_identity"
    assert actions.join_sign_on(sign_on=joined.sign_on, said=said(), by=joined.user) == joined


def test_who_acts_there_no_more_is_not_let_in(client, joined, server, tom):
    tom.staff_roles.update(ended_on="2026-11-17")
    person(server)
    back = sign_in(client, joined.sign_on)
    assert "You no longer act for Northfield College" in words_after(client, back)
    assert not is_in(client)
    with pytest.raises(NotAllowed):
        actions.join_sign_on(sign_on=joined.sign_on, said=said("t-3"), by=tom)


def test_a_closed_account_is_not_let_in(client, joined, server, tom):
    tom.is_active = False
    tom.save()
    person(server)
    assert sign_in(client, joined.sign_on).url == "/sign-in/"
    assert not is_in(client)


def test_parting_is_ones_own_to_do(client, joined, tom, manager):
    client.force_login(manager)
    assert client.get(f"/account/sign-on/{joined.pk}/part/").status_code == 404
    with pytest.raises(NotAllowed):
        actions.part_sign_on(identity=joined, by=manager)
    client.force_login(tom)
    assert client.post(f"/account/sign-on/{joined.pk}/part/").url == "/account/"
    with pytest.raises(StaleState):
        actions.part_sign_on(identity=joined, by=tom)
    assert "has its own sign-in" in client.get("/account/").content.decode()


# --- attacks on the way


def test_an_answer_works_once_and_only_in_the_browser_that_asked(client, joined, server):
    person(server)
    back = signed_in_there(way_out(client, joined.sign_on))
    stranger = Client()  # login CSRF: somebody is made to open the attacker's answer
    refused = stranger.get(back)
    assert refused.url == "/sign-in/"
    assert "does not belong to a sign-in that was begun here" in words_after(stranger, refused)
    way_out(stranger, joined.sign_on)
    assert stranger.get(back).url == "/sign-in/"  # nor in place of an answer of their own
    assert not is_in(stranger)
    assert client.get(back).url == "/start/"
    replayed = Client()
    replayed.cookies = client.cookies
    client.post("/sign-out/")
    assert client.get(back).url == "/sign-in/"
    assert not is_in(client)


@pytest.mark.parametrize("name", ["state", "nonce", "client_id", "redirect_uri"])
def test_an_answer_to_another_question_is_not_believed(client, joined, server, name):
    person(server)
    back = sign_in(client, joined.sign_on, **{name: "http://localhost:8000/other/" if "uri" in name else "another"})
    if name == "redirect_uri":
        assert back.status_code == 404
    else:
        assert back.url == "/sign-in/"
    assert not is_in(client)


def test_an_answer_that_comes_too_late_is_not_believed(client, joined, server, school_day):
    person(server)
    back = signed_in_there(way_out(client, joined.sign_on))
    school_day.shift(dt.timedelta(minutes=11))
    assert client.get(back).url == "/sign-in/"
    assert not is_in(client)


def test_answers_of_two_organisations_cannot_be_mixed_up(client, joined, server):
    other = ProviderFactory(name="Southbank")
    boss = member(other, RoleKind.MANAGER, username="boss", email="boss@southbank.ac.uk")
    put_on(set_to(other, server, boss, domains=["southbank.ac.uk"]), boss)
    person(server)
    back = signed_in_there(way_out(client, joined.sign_on))
    wrong = back.replace(joined.sign_on.organisation.reference, other.reference)
    assert client.get(wrong).url == "/sign-in/"
    back = signed_in_there(way_out(client, joined.sign_on))
    assert client.get(f"{back}&iss=https://other.example").url == "/sign-in/"
    assert not is_in(client)
    # The other organisation's own issuer says it is Tom, by name and by address.
    sign_on = SignOn.objects.get(organisation=other)
    assert "Your address is not one of Southbank" in words_after(client, sign_in(client, sign_on))
    assert not is_in(client)


def test_nobody_is_led_to_another_site(client, joined, server):
    person(server)
    for to, expected in (
        ("https://evil.example/", "/start/"),
        ("//evil.example", "/start/"),
        ("/account/", "/account/"),
    ):
        person_client = Client()
        url = way_out(person_client, joined.sign_on, next=to)
        assert person_client.get(signed_in_there(url)).url == expected


def test_beginning_needs_the_form_of_our_own_page(sign_on):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/sign-in/with/{sign_on.organisation.reference}/").status_code == 403
    assert strict.get(f"/sign-in/with/{sign_on.organisation.reference}/").status_code == 200


def test_one_who_said_no_there_is_told_so(client, sign_on):
    url = way_out(client, sign_on)
    state = dict(parse_qsl(urlsplit(url).query))["state"]
    back = client.get(f"/sign-in/with/{sign_on.organisation.reference}/back/?error=access_denied&state={state}")
    assert "You were not signed in there." in words_after(client, back)


def test_somebody_elses_sign_in_is_not_changed_by_it(client, joined, server, manager):
    person(server)
    client.force_login(manager)
    back = sign_in(client, joined.sign_on)
    assert "That is somebody else’s account" in words_after(client, back)
    assert client.session["_auth_user_id"] == str(manager.pk)


# --- an issuer that lies

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHERS = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def liar():
    with running() as outside:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key()))
        outside.serve("/keys", json.dumps({"keys": [public | {"kid": "k1", "alg": "RS256", "use": "sig"}]}))
        yield outside


def heard(liar, key=PRIVATE, alg="RS256", kid="k1", drop=(), issuer=None, **claims):
    address = liar.url("")
    question = Question("state", "nonce", "verifier", time.time())
    usual = {
        "iss": address, "aud": "portal", "sub": "t-1", "nonce": "nonce", "iat": int(time.time()),
        "exp": int(time.time()) + 300, "email": TOM, "email_verified": True,
    }  # fmt: skip
    told = {name: value for name, value in (usual | claims).items() if name not in drop}
    token = jwt.encode(told, key if alg != "none" else None, algorithm=alg, headers={"kid": kid} if kid else {})
    liar.serve("/token", json.dumps({"id_token": token, "token_type": "Bearer"}))
    return openid.hear(
        Issuer(address, liar.url("/go"), liar.url("/token"), liar.url("/keys"), "", posts_secret=False),
        question=question,
        answer={"state": "state", "code": "c"},
        client_id="portal",
        secret="s",
        back="http://localhost:8000/",
    )


def test_a_true_token_is_believed(liar):
    assert heard(liar) == said()
    assert heard(liar, kid=None, aud=["portal"]) == said()
    assert heard(liar, aud=["portal", "other"], azp="portal") == said()
    _, _, headers = liar.asked[0]
    assert headers["authorization"] == "Basic cG9ydGFsOnM="


@pytest.mark.parametrize(
    "lie",
    [
        {"aud": "another"},
        {"aud": ["portal", "another"]},
        {"azp": "another"},
        {"iss": "https://another.example"},
        {"nonce": "another"},
        {"drop": ["nonce"]},
        {"drop": ["exp"]},
        {"drop": ["sub"]},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"exp": 1},
        {"iat": 4102444800},
        {"key": OTHERS},
        {"alg": "none"},
        {"alg": "HS256", "key": "a public key anybody can read, as long as it has to be"},
        {"kid": "k2"},
    ],
    ids=lambda lie: "-".join(lie),  # a key is another one in every process
)
def test_a_token_that_is_not_for_us_or_not_theirs_is_not_believed(liar, lie):
    with pytest.raises(SignOnFailed) as refusal:
        heard(liar, **lie)
    assert refusal.value.code == "token"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ({"issuer": "https://another.example"}, "other_issuer"),
        ({}, "other_issuer"),
        ([], "not_openid"),
        ("gate", "not_openid"),
    ],
)
def test_an_issuer_that_is_none_is_told(liar, page, code):
    liar.serve("/.well-known/openid-configuration", json.dumps(page) if page != "gate" else "<html>")
    with pytest.raises(SignOnFailed) as refusal:
        openid.discover(liar.url(""))
    assert refusal.value.code == code


def test_an_issuer_cannot_send_us_elsewhere_inside(liar, settings):
    page = {"issuer": liar.url(""), "authorization_endpoint": "javascript:alert(1)", "token_endpoint": liar.url("/t"),
            "jwks_uri": liar.url("/k")}  # fmt: skip
    liar.serve("/.well-known/openid-configuration", json.dumps(page))
    with pytest.raises(SignOnFailed) as refusal:
        openid.discover(liar.url(""))
    assert refusal.value.code == "address"
    settings.OUTGOING_PRIVATE_NETWORKS = []
    for address, code in ((liar.url(""), "address"), (f"https://127.0.0.1:{liar.port}", "not_reached")):
        with pytest.raises(SignOnFailed) as refusal:
            openid.discover(address)
        assert refusal.value.code == code


# --- when it is not there


def test_an_issuer_that_is_down_leaves_the_other_way_in(client, sign_on, manager, college):
    with running() as gone:
        address = gone.url("")
    put_on(set_to(college, address, manager), manager)
    page = client.post(f"/sign-in/with/{college.reference}/", follow=True).content.decode()
    assert "Signing in with Northfield College does not work at the moment" in page
    assert "Sign-in name" in page
    client.force_login(manager)
    page = client.post(f"/desk/sign-on/{college.reference}/try/", follow=True).content.decode()
    assert "It does not work yet: Nobody answers at that address." in page


def test_switched_off_it_signs_nobody_in_and_those_it_had_signed_in_are_out(client, joined, server, tom, manager):
    person(server)
    back = signed_in_there(way_out(client, joined.sign_on))
    for somebody in (tom, manager):
        Client().force_login(somebody)
    actions.switch_off(sign_on=joined.sign_on, by=manager)
    assert set(Session.objects.exclude(user=None).values_list("user", flat=True)) == {manager.pk}
    assert client.get(back).url == "/sign-in/"
    assert not is_in(client)
    page = client.get(f"/sign-in/with/{joined.sign_on.organisation.reference}/")
    assert page.status_code == 404
    assert "Use your sign-in name and password" in page.content.decode()
    assert "No organisation signs in" in client.post("/sign-in/organisation/", {"email": TOM}).content.decode()
    assert type_password(client).status_code == 302  # the other way in
    with pytest.raises(StaleState):
        actions.join_sign_on(sign_on=joined.sign_on, said=said("t-9"), by=tom)


# --- setting it


def broken(**arguments):
    with pytest.raises(RuleBroken) as refusal:
        set_to(**arguments)
    return refusal.value.code


def test_what_is_set_is_checked(college, server, manager, sign_on, settings):
    other = ProviderFactory(name="Southbank")
    boss = member(other, RoleKind.MANAGER, username="boss", email="boss@southbank.ac.uk")
    given = {"organisation": other, "server": server, "by": boss}
    assert broken(**given, domains=["northfield.ac.uk"]) == "domain_taken"
    assert broken(**given, domains=["gmail.com"]) == "domain_anybodys"
    assert broken(**given, domains=["not an ending"]) == "domain_wrong"
    assert broken(**given, domains=[" "]) == "domain_needed"
    assert broken(**given | {"server": "ftp://login.example"}) == "address"
    assert broken(**given, secret="") == "secret_needed"
    settings.OUTGOING_PRIVATE_NETWORKS = []
    assert broken(**given) == "address"
    assert not SignOn.objects.filter(organisation=other).exists()


def test_another_issuer_needs_its_own_secret_and_a_trial(college, server, manager, sign_on):
    assert broken(organisation=college, server="http://localhost:8999", by=manager, secret="") == "secret_needed"
    assert broken(organisation=college, server=server, by=manager, client_id="x", secret="") == "secret_needed"
    kept = set_to(college, server, manager, secret="", domains=["nf.example"])
    assert (kept.on_at is not None, unseal(kept.secret)) == (True, SECRET)
    changed = set_to(college, server, manager, secret="new")
    assert (changed.on_at, changed.tried_at) == (None, None)
    with pytest.raises(RuleBroken) as refusal:
        actions.switch_on(sign_on=changed, by=manager)
    assert refusal.value.code == "not_tried"
    with pytest.raises(StaleState):
        actions.note_trial(sign_on=changed, tried=kept, by=manager)


@pytest.mark.parametrize(
    ("kind", "where", "expected"),
    [
        (RoleKind.MANAGER, "same", 200),
        (RoleKind.OFFICER, "area", 200),
        (RoleKind.EDITOR, "same", 404),
        (RoleKind.MANAGER, "other", 404),
        (RoleKind.OFFICER, "other area", 404),
        (RoleKind.HELP_DESK, "area", 404),
    ],
)
def test_managers_and_officers_set_it(client, sign_on, kind, where, expected):
    organisation = {
        "same": lambda: sign_on.organisation,
        "other": ProviderFactory,
        "area": lambda: OrganisationFactory(kind="authority", area=sign_on.organisation.area),
        "other area": lambda: OrganisationFactory(kind="authority", area=AreaFactory(name="Calderside")),
    }[where]()
    somebody = member(organisation, kind, username="somebody", email="s@example.org")
    client.force_login(somebody)
    url = f"/desk/sign-on/{sign_on.organisation.reference}/"
    page = client.get(url)
    assert page.status_code == expected
    assert SECRET not in page.content.decode()
    assert client.post(f"{url}off/").status_code == (302 if expected == 200 else 404)
    sign_on.refresh_from_db()
    assert (sign_on.on_at is None) == (expected == 200)
    if expected == 404:
        for change in (
            lambda: set_to(sign_on.organisation, "http://localhost:1", somebody),
            lambda: actions.switch_off(sign_on=sign_on, by=somebody),
            lambda: actions.note_trial(sign_on=sign_on, tried=sign_on, by=somebody),
        ):
            with pytest.raises(NotAllowed):
                change()


def test_whoever_sets_it_shows_again_that_it_is_they(client, sign_on, manager):
    client.force_login(manager)
    session = client.session
    session["confirmed_at"] = time.time() - 601
    session.save()
    url = f"/desk/sign-on/{sign_on.organisation.reference}/"
    assert client.get(url).url == f"/account/confirm/?next={url.replace('/', '%2F')}"
    assert client.post(f"{url}off/").url == url
    sign_on.refresh_from_db()
    assert sign_on.on_at is not None


@pytest.mark.parametrize("rows", [2, 6])
def test_the_list_costs_the_same_for_two_and_for_six(client, college, rows, django_assert_num_queries):
    authority = OrganisationFactory(kind="authority", area=college.area)
    for _number in range(rows - 2):
        ProviderFactory(area=college.area)
    client.force_login(member(authority, RoleKind.OFFICER))
    with django_assert_num_queries(6):
        page = client.get("/desk/sign-on/").content.decode()
    assert page.count("/desk/sign-on/") >= rows
