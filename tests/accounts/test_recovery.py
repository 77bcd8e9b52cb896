"""Getting back in: a code from somebody who knows the learner, a link by e-mail, and what staff may do and see."""

import datetime as dt
import re
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from accounts import actions
from accounts.actions import identity_checks
from accounts.actions import recovery as recovery_actions
from accounts.actions.codes import address_hash, read_code
from accounts.models import IdentityCheck, LearnerSearch, Recovery, RecoveryAsk, SignInLink, UnlockCode, UnlockFailure
from accounts.queries import codes_nobody_has
from accounts.tasks import nightly
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState, TooManyTries
from providers.models import RoleKind
from tests.accounts.conftest import BORN, code_for
from tests.factories import (
    CaseloadSchoolFactory,
    IdentityCheckFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.races import at_once, meeting

HERE = address_hash("192.0.2.1")
OLD, NEW = "seven green bicycles", "nine purple umbrellas"
WRONG = dt.date(2010, 1, 1)
BIRTHDAY = {"birth_on_day": "31", "birth_on_month": "3", "birth_on_year": "2011"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def check(db):
    return IdentityCheckFactory()


@pytest.fixture
def amina(amina):
    amina.user = UserFactory(username="amina.yusuf", name="Amina Yusuf")
    amina.user.set_password(OLD)
    amina.user.save()
    amina.save()
    return amina


@pytest.fixture
def adviser(school):
    service = OrganisationFactory(kind="advice_service", area=school.area)
    role = StaffRoleFactory(kind=RoleKind.ADVISER, organisation=service, user=UserFactory(username="adviser"))
    CaseloadSchoolFactory(adviser=role, school=school)
    return role.user


@pytest.fixture
def desk(school):
    service = OrganisationFactory(kind="authority", area=school.area, phone="01632 960000")
    return StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=service, user=UserFactory(username="desk")).user


def start(learner, by, check):
    return actions.start_recovery(learner=learner, identity_check=check, by=by)


def tried(code, *, birth_on=BORN):
    return actions.check_any_code(code=read_code(code), birth_on=birth_on, address_hash=HERE)


def refused(code, **options):
    with pytest.raises((RuleBroken, TooManyTries)) as refusal:
        tried(code, **options)
    return getattr(refusal.value, "code", "too_many")


def sent():
    """Delivers what waits; the messages since the last call."""
    mail.outbox.clear()
    for key in OutboxMessage.objects.filter(sent_at=None).values_list("pk", flat=True):
        deliver(key)
    return list(mail.outbox)


def link_in(message):
    return re.search(r"(/recover/link/\S+/)", message.body)[1]


# --- a code from staff


def test_a_code_from_staff_gives_a_new_password_once_and_ends_every_session(amina, coordinator, check):
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"login": "amina.yusuf", "password": OLD})
    assert elsewhere.get("/welcome/").status_code == 200
    recovery, code = start(amina, coordinator, check)
    assert tried(code) == recovery
    assert code.replace("-", "") not in str(Recovery.objects.values().get())
    assert actions.recover_account(recovery=recovery, password=NEW) == amina.user
    amina.user.refresh_from_db()
    assert amina.user.check_password(NEW)
    assert elsewhere.get("/welcome/").status_code == 302
    assert refused(code) == "code_used"
    with pytest.raises(StaleState):
        actions.recover_account(recovery=recovery, password=OLD)
    events = Event.objects.filter(verb__startswith="recovery.").order_by("pk")
    assert list(events.values_list("verb", "by", "facts")) == [
        ("recovery.start", coordinator.pk, {"check": "seen", "needs_second": False}),
        ("recovery.issue", coordinator.pk, {"check": "seen"}),
        ("recovery.use", amina.user.pk, {}),
    ]


def test_a_newer_code_ends_the_older_and_both_expire_after_two_days(amina, coordinator, check, school_day):
    _, old = start(amina, coordinator, check)
    _, new = start(amina, coordinator, check)
    assert refused(old) == "code_ended"
    assert refused(old, birth_on=WRONG) == "no_match"
    school_day.shift(Recovery.GOOD_FOR - dt.timedelta(minutes=1))
    assert tried(new).learner == amina
    school_day.shift(dt.timedelta(minutes=1))
    assert refused(new) == "code_expired"


def test_five_wrong_dates_close_a_recovery_code_for_an_hour(amina, coordinator, check, school_day):
    _, code = start(amina, coordinator, check)
    assert [refused(code, birth_on=WRONG) for _ in range(6)] == ["no_match"] * 5 + ["too_many"]
    assert refused(code) == "too_many"
    assert UnlockFailure.objects.count() == 5
    school_day.shift(dt.timedelta(minutes=61))
    assert tried(code).learner == amina


def test_wrong_dates_for_codes_from_staff_count_at_the_school_like_those_for_letters(
    client, amina, ben, school, coordinator, check
):
    recovery, code = start(amina, coordinator, check)
    of_a_letter = code_for(ben)[1]
    for failure in [{"recovery": recovery}] * 3 + [{"unlock_code": of_a_letter}] * 16:
        UnlockFailure.objects.create(address_hash="b" * 64, **failure)
    assert refused(code, birth_on=WRONG) == "no_match"

    assert Event.objects.get(verb="unlock.guessing").facts == {"wrong": 20}
    assert OutboxMessage.objects.get(kind="unlock-guessing").payload == {"school_id": school.pk}
    # From now on each code of this school has two tries, and this one has had four.
    assert refused(code) == "too_many"
    client.force_login(coordinator)
    rows = client.get("/desk/unlocking/tries/").context["rows"]
    assert [(row["school"], row["wrong"], row["codes"]) for row in rows] == [(school.name, 20, 2)]
    assert codes_nobody_has() == 0


def test_twenty_wrong_tries_from_one_address_stop_wrong_dates_of_recovery_codes_too(amina, coordinator, check):
    _, code = start(amina, coordinator, check)
    for _ in range(20):
        UnlockFailure.objects.create(address_hash=HERE)
    assert refused(code, birth_on=WRONG) == "too_many"
    assert tried(code).learner == amina


def test_a_learner_who_never_unlocked_gets_an_unlock_code_that_ends_the_letters(ben, coordinator, check):
    old = actions.new_code()
    actions.issue_codes(codes={ben.pk: old}, letter_run=None)
    recovery, code = start(ben, coordinator, check)
    found = tried(code)
    assert (type(found), found.learner, found.expires_on) == (UnlockCode, ben, dt.date(2026, 11, 20))
    assert refused(old) == "code_ended"
    assert (recovery.code_hash, recovery.unlock_code) == (None, found)


def test_a_weak_password_is_refused_and_the_code_still_works(amina, coordinator, check):
    recovery, code = start(amina, coordinator, check)
    with pytest.raises(ValidationError):
        actions.recover_account(recovery=recovery, password="password1")
    assert tried(code) == recovery


def test_an_ended_account_is_not_brought_back_this_way(amina, coordinator, check):
    amina.user.is_active = False
    amina.user.save()
    with pytest.raises(RuleBroken) as refusal:
        start(amina, coordinator, check)
    assert refusal.value.code == "account_ended"


def test_who_may_help_whom(amina, ben, school, coordinator, adviser, desk, check):
    other = StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=SchoolFactory(area=school.area)).user
    tutor = StaffRoleFactory(kind=RoleKind.TUTOR, organisation=school).user
    for helper in (coordinator, adviser):
        assert start(amina, helper, check)[1]
    for nobody in (other, tutor, desk, amina.user, UserFactory()):  # the desk has not looked for her
        with pytest.raises(NotAllowed):
            start(amina, nobody, check)
    ben.roll_entries.update(ended_on=dt.date(2026, 11, 18))
    with pytest.raises(NotAllowed):
        start(ben, coordinator, check)


def test_above_the_areas_limit_a_second_person_agrees_first(amina, school, coordinator, adviser, desk, check):
    with pytest.raises(NotAllowed):
        actions.set_recovery_limit(area=school.area, daily_limit=1, by=coordinator)
    actions.set_recovery_limit(area=school.area, daily_limit=1, by=desk)
    first = LearnerFactory(area=school.area)
    RollEntryFactory(learner=first, school=school)
    assert start(first, coordinator, check)[1]
    recovery, code = start(amina, coordinator, check)
    assert (code, recovery.is_waiting) == ("", True)
    with pytest.raises(StaleState):
        actions.issue_recovery(recovery=recovery, by=coordinator)
    with pytest.raises(NotAllowed):
        actions.agree_recovery(recovery=recovery, by=coordinator)
    with pytest.raises(NotAllowed):
        actions.agree_recovery(recovery=recovery, by=UserFactory())
    actions.agree_recovery(recovery=recovery, by=adviser)
    with pytest.raises(StaleState):
        actions.agree_recovery(recovery=recovery, by=adviser)
    with pytest.raises(NotAllowed):
        actions.issue_recovery(recovery=recovery, by=adviser)
    assert tried(actions.issue_recovery(recovery=recovery, by=coordinator)).learner == amina
    with pytest.raises(StaleState):
        actions.issue_recovery(recovery=recovery, by=coordinator)


def test_a_question_to_a_second_person_is_over_after_a_day_and_the_limit_is_a_days(
    amina, school, coordinator, adviser, desk, check, school_day
):
    actions.set_recovery_limit(area=school.area, daily_limit=0, by=desk)
    recovery, _ = start(amina, coordinator, check)
    school_day.shift(dt.timedelta(days=1, minutes=1))
    with pytest.raises(StaleState):
        actions.agree_recovery(recovery=recovery, by=adviser)
    actions.set_recovery_limit(area=school.area, daily_limit=1, by=desk)
    assert start(amina, coordinator, check)[1]
    assert start(amina, coordinator, check)[1] == ""  # the second of that day
    with pytest.raises(RuleBroken):
        actions.set_recovery_limit(area=school.area, daily_limit=201, by=desk)


def _two_tabs():
    role = StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=SchoolFactory())
    learner = LearnerFactory(user=UserFactory())
    RollEntryFactory(learner=learner, school=role.organisation)
    recovery, _ = start(learner, role.user, IdentityCheckFactory())
    return at_once(*[lambda: actions.recover_account(recovery=recovery, password=NEW)] * 2)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_with_one_recovery_code_change_the_password_once():
    assert sorted(type(answer).__name__ for answer in _two_tabs()) == ["StaleState", "User"]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_change_it_twice_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    validate = recovery_actions.validate_password
    meet = meeting()
    monkeypatch.setattr(recovery_actions, "validate_password", lambda *args: (meet(), validate(*args)))
    assert [type(answer).__name__ for answer in _two_tabs()] == ["User", "User"]


# --- being told


def test_the_learner_is_told_on_the_next_sign_in_and_by_mail(client, amina, coordinator, check):
    amina.user.email = "amina@example.org"
    amina.user.save()
    start(amina, coordinator, check)
    (message,) = sent()
    assert (message.to, "18 November 2026" in message.body, "Amina" in message.body) == (
        ["amina@example.org"],
        True,
        False,
    )
    client.post("/sign-in/", {"login": "amina.yusuf", "password": OLD})
    page = client.get("/start/", follow=True).content.decode()
    assert "On 18 November 2026 somebody made a code to help you sign in" in page
    assert "They said: “I know them and have them in front of me”" in page
    assert "somebody made a code" not in client.get("/start/", follow=True).content.decode()


# --- by e-mail


def add_address(client, email="amina@example.org", password=OLD):
    return client.post("/my-email/", {"email": email, "password": password}, follow=True)


def test_a_learner_adds_and_confirms_an_address_and_gets_back_in_with_it(client, amina):
    client.force_login(amina.user)
    assert "This is not your password" in add_address(client, password="wrong").content.decode()
    assert sent() == []
    assert "We have sent a link" in add_address(client).content.decode()
    (message,) = sent()
    assert (message.to, "Amina" in message.subject + message.body) == (["amina@example.org"], False)
    amina.user.refresh_from_db()
    assert amina.user.email == ""
    phone = Client()  # where the mail is read, nobody is signed in
    page = phone.get(link_in(message), follow=True)
    assert "Confirm your e-mail address" in page.content.decode()
    amina.user.refresh_from_db()
    assert amina.user.email == ""  # mail programs open links
    phone.post("/my-email/confirm/")
    amina.user.refresh_from_db()
    assert amina.user.email == "amina@example.org"
    assert phone.get(link_in(message)).status_code == 404
    assert SignInLink.objects.filter(email="", token_hash="", used_at__isnull=False).count() == 1

    answer = Client().post("/recover/email/", {"email": "Amina@Example.org "})
    (message,) = sent()
    assert "amina.yusuf" not in message.subject + message.body
    page = phone.get(link_in(message), follow=True)
    assert "Your sign-in name is <strong><bdi>amina.yusuf</bdi></strong>" in page.content.decode()
    done = phone.post("/recover/account/", {"password": NEW, "password_again": NEW})
    assert (done.status_code, done.url) == (302, "/start/")
    assert phone.get("/welcome/").status_code == 200
    assert client.get("/welcome/").status_code == 302  # signed in with the old password
    assert phone.get(link_in(message)).status_code == 404
    assert ["new password was chosen" in one.body for one in sent()] == [True]
    unknown = Client().post("/recover/email/", {"email": "nobody@example.org"})
    assert sent() == []

    def words(response):
        return re.sub(r'name="csrfmiddlewaretoken"[^>]*', "", response.content.decode())

    assert words(answer) == words(unknown)
    assert not RecoveryAsk.objects.exclude(email="").exists()  # neither is kept


def test_a_link_is_old_after_an_hour_replaced_by_a_new_password_and_bound_to_the_address(client, amina, school_day):
    amina.user.email = "amina@example.org"
    amina.user.save()

    def link():
        actions.ask_recovery_link(email="amina@example.org", address_hash=HERE)
        return link_in(sent()[0])

    first, second = link(), link()
    assert client.get(first).status_code == 302
    row = SignInLink.objects.order_by("pk").first()
    actions.recover_by_link(link=row, password=NEW)
    assert client.get(second).status_code == 404
    sent()  # that the password was changed
    third = link()
    row = SignInLink.objects.open().get()
    amina.user.refresh_from_db()
    amina.user.email = "other@example.org"
    amina.user.save()
    with pytest.raises(StaleState):
        actions.recover_by_link(link=row, password=OLD)
    school_day.shift(dt.timedelta(minutes=61))
    assert client.get(third).status_code == 404
    nightly()
    assert not SignInLink.objects.exclude(email="", token_hash="").exists()


def test_an_address_is_asked_three_times_an_hour_and_the_fourth_gets_the_same_answer(amina):
    amina.user.email = "amina@example.org"
    amina.user.save()
    for _ in range(4):
        actions.ask_recovery_link(email="amina@example.org", address_hash=HERE)
    assert len(sent()) == 3
    assert not RecoveryAsk.objects.exclude(email="").exists()
    for number in range(36):
        actions.ask_recovery_link(email=f"a{number}@example.org", address_hash=HERE)
    with pytest.raises(TooManyTries):
        actions.ask_recovery_link(email="z@example.org", address_hash=HERE)


def test_brothers_and_sisters_with_one_address_get_a_link_each(amina, ben):
    ben.user = UserFactory(email="family@example.org")
    ben.user.save()
    amina.user.email = "family@example.org"
    amina.user.save()
    actions.ask_recovery_link(email="family@example.org", address_hash=HERE)
    assert [message.to for message in sent()] == [["family@example.org"]] * 2


def test_staff_get_a_link_too_but_prove_the_rest_at_sign_in(client, coordinator):
    actions.ask_recovery_link(email="office@example.org", address_hash=HERE)
    client.get(link_in(sent()[0]))
    done = client.post("/recover/account/", {"password": NEW, "password_again": NEW})
    assert (done.url, "_auth_user_id" in client.session) == ("/sign-in/", False)


def test_an_address_is_taken_away_and_only_by_oneself(client, amina, coordinator):
    amina.user.email = "amina@example.org"
    amina.user.save()
    with pytest.raises(NotAllowed):
        actions.remove_email(user=amina.user, by=coordinator)
    with pytest.raises(NotAllowed):
        actions.add_email(user=amina.user, email="x@example.org", password=OLD, by=coordinator)
    client.force_login(amina.user)
    client.post("/my-email/", {"remove": "1"})
    amina.user.refresh_from_db()
    assert amina.user.email == ""
    for number in range(5):
        add_address(client, email=f"a{number}@example.org")
    assert "Try again tomorrow" in add_address(client).content.decode()


# --- pages


@pytest.mark.parametrize("what", ["letter", "name", "password", "phone", "work"])
def test_the_help_page_asks_what_is_wrong_and_leads_on(client, desk, what):
    assert "What is wrong?" in client.get("/sign-in/help/").content.decode()
    assert "Choose one of these" in client.get("/sign-in/help/?what=%00").content.decode()
    page = client.get(f"/sign-in/help/?what={what}").content.decode()
    assert ('href="/recover/email/"' in page, "01632 960000" in page) == (what != "letter", what != "work")


def test_a_code_works_on_either_page_and_leads_to_the_sign_in_name(client, amina, coordinator, check):
    _, code = start(amina, coordinator, check)
    assert client.get("/recover/account/").url == "/recover/"
    for page in ("/unlock/", "/recover/"):
        assert client.post(page, {"code": code} | BIRTHDAY).url == "/recover/account/"
    assert "amina.yusuf" in client.get("/recover/account/").content.decode()
    weak = {"password": "password1", "password_again": "password1"}
    assert "too easy to guess" in client.post("/recover/account/", weak).content.decode()
    assert "not the same" in client.post("/recover/account/", weak | {"password_again": "x"}).content.decode()
    assert client.post("/recover/account/", {"password": NEW, "password_again": NEW}).url == "/start/"
    assert client.get("/welcome/").status_code == 200


def test_a_checked_code_is_forgotten_after_half_an_hour_and_a_second_tab_is_told(
    client, amina, coordinator, check, school_day
):
    recovery, code = start(amina, coordinator, check)
    client.post("/recover/", {"code": code} | BIRTHDAY)
    actions.recover_account(recovery=recovery, password=NEW)
    assert client.post("/recover/account/", {"password": OLD, "password_again": OLD}).status_code == 409
    school_day.shift(dt.timedelta(minutes=31))
    assert client.get("/recover/account/").url == "/recover/"


def test_a_coordinator_makes_a_code_from_the_roll_and_sees_it_once(client, amina, school, coordinator, check):
    client.force_login(coordinator)
    path = f"/desk/recoveries/new/{amina.reference}/"
    assert path in client.get("/desk/roll/").content.decode()
    assert "amina.yusuf" in client.get(path).content.decode()
    assert "Choose how you made sure" in client.post(path, {}).content.decode()
    answer = client.post(path, {"identity_check": "seen"})
    (code,) = re.findall(r"\b(\w{4}-\w{4}-\w{4})\b", answer.content.decode())
    assert (tried(code).learner, "no-store" in answer["Cache-Control"]) == (amina, True)
    recovery = Recovery.objects.get()
    page = client.get(f"/desk/recoveries/{recovery.reference}/").content.decode()
    assert (code in page, "Code works" in page) == (False, True)


def test_who_helped_is_read_by_the_learner_and_by_who_may_help_them(client, amina, ben, school, coordinator, check):
    recovery, _code = start(amina, coordinator, check)
    start(ben, coordinator, check)
    by = f"{coordinator}. “I know them and have them in front of me”."
    other = StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=school).user
    tutor = StaffRoleFactory(kind=RoleKind.TUTOR, organisation=school).user
    for reader, path, number in (
        (other, f"/desk/recoveries/new/{amina.reference}/", 1),
        (other, f"/desk/roll/learners/{amina.reference}/", 1),
        (tutor, f"/desk/roll/learners/{amina.reference}/", 0),
    ):
        client.force_login(reader)
        assert " ".join(client.get(path).text.split()).count(by) == number
    words = f"On 18 November 2026, 10:00 {coordinator} made a code. They said: “I know them"
    for learner, number in ((amina, 1), (UserFactory(), 0)):
        client.force_login(getattr(learner, "user", learner))
        page = client.get("/account/").text
        assert (page.count(words), page.count("It was not used.")) == (number, number)
    actions.recover_account(recovery=recovery, password=NEW)
    amina.user.refresh_from_db()
    client.force_login(amina.user)
    assert "It was used on 18 November 2026, 10:00." in client.get("/account/").text


def test_a_learner_reads_that_a_code_opened_their_account(client, ben, coordinator, check):
    _recovery, code = start(ben, coordinator, check)
    client.force_login(actions.unlock_account(unlock_code=tried(code), username="ben.okafor", password=NEW))
    page = client.get("/account/").text
    assert ("It was used on 18 November 2026, 10:00." in page, "It was not used." in page) == (True, False)
    client.force_login(coordinator)
    assert ">Used</strong>" in client.get(f"/desk/recoveries/{Recovery.objects.get().reference}/").text
    Recovery.objects.update(used_at=None)  # as it was before
    with connection.cursor() as cursor:
        cursor.execute(import_module("accounts.migrations.0006_recoveries_used").USED)
    assert Recovery.objects.get().used_at == UnlockCode.objects.get(used_at__isnull=False).used_at


def _two_tabs_add(*words):
    """Beside eleven others, where there is room for one."""
    IdentityCheck.objects.all().delete()
    for number in range(11):
        IdentityCheckFactory(code=f"way-{number}", words=f"Way {number}")
    desk = StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=OrganisationFactory(kind="authority")).user
    acts = [lambda said=said: actions.add_identity_check(words=said, by=desk) for said in words]
    answers = sorted(type(answer).__name__ for answer in at_once(*acts))
    return answers, IdentityCheck.objects.count()


TABS = [
    (("They rang", "They wrote"), ["IdentityCheck", "RuleBroken"]),
    (("They rang", "they rang"), ["IdentityCheck"] * 2),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("words", "answers"), TABS)
def test_two_tabs_add_a_way_once_and_only_what_there_is_room_for(words, answers):
    assert _two_tabs_add(*words) == (answers, 12)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("words", "_answers"), TABS)
def test_two_tabs_add_two_when_the_lock_is_taken_away(words, _answers, monkeypatch):
    meet, real = meeting(), identity_checks.new_reference
    monkeypatch.setattr(identity_checks, "_lock_list", lambda: None)
    monkeypatch.setattr(identity_checks, "new_reference", lambda: (meet(), real())[1])
    assert _two_tabs_add(*words) == (["IdentityCheck"] * 2, 13)


def test_the_help_desk_keeps_the_list_of_ways_to_make_sure(client, amina, coordinator, desk, check):
    for act in (
        lambda: actions.add_identity_check(words="I asked a friend", by=coordinator),
        lambda: actions.end_identity_check(check=check, by=coordinator),
    ):
        with pytest.raises(NotAllowed):
            act()
    client.force_login(desk)
    path = "/desk/recoveries/checks/"
    assert "Enter what they did" in client.post(path, {"words": " "}).text
    for words in ("Their tutor  brought them", "their tutor brought them"):
        assert client.post(path, {"words": words}).url == path
    added = IdentityCheck.objects.order_by("place").last()
    assert (added.words, IdentityCheck.objects.filter(words__iexact=added.words).count()) == (words.capitalize(), 1)
    for gone in IdentityCheck.objects.exclude(pk=added.pk):
        client.post(path, {"end": gone.pk})
    assert "One has to stay" in client.post(path, {"end": added.pk}).text
    assert client.post(path, {"end": check.pk}).status_code == 409
    assert client.post(path, {"end": "\0"}).status_code == 404
    client.force_login(coordinator)
    page = client.get(f"/desk/recoveries/new/{amina.reference}/").text
    assert (added.words in page, check.words in page) == (True, False)
    client.force_login(desk)
    client.post(path, {"again": check.pk})
    assert set(IdentityCheck.objects.filter(is_used=True)) == {check, added}
    for number in range(10):
        actions.add_identity_check(words=f"Way {number}", by=desk)
    with pytest.raises(RuleBroken) as refusal:
        actions.add_identity_check(words="One more", by=desk)
    assert refusal.value.code == "too_many_checks"
    assert set(Event.objects.filter(verb__startswith="identity_check.").values_list("verb", "by")) == {
        ("identity_check.add", desk.pk), ("identity_check.end", desk.pk),
    }  # fmt: skip


def test_a_colleague_agrees_on_the_page(client, amina, school, coordinator, adviser, desk, check):
    actions.set_recovery_limit(area=school.area, daily_limit=0, by=desk)
    client.force_login(coordinator)
    path = client.post(f"/desk/recoveries/new/{amina.reference}/", {"identity_check": "seen"}).url
    assert "Ask a colleague" in client.get(path).content.decode()
    colleague = Client()
    role = StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=school)
    colleague.force_login(role.user)
    assert "Waits for a second person" in colleague.get("/desk/recoveries/").content.decode()
    assert "I agree" in colleague.get(path).content.decode()
    colleague.post(path)
    assert "Show the code" in client.get(path).content.decode()
    assert re.search(r"\b\w{4}-\w{4}-\w{4}\b", client.post(path).content.decode())
    client.force_login(adviser)
    assert client.get(path).status_code == 404  # neither began nor agreed to it


def test_the_help_desk_finds_exactly_one_learner_for_half_an_hour(client, amina, school, desk, school_day):
    client.force_login(desk)
    path = f"/desk/recoveries/new/{amina.reference}/"
    assert client.get(path).status_code == 404
    right = BIRTHDAY | {"given_name": " amina ", "family_name": "YUSUF", "school": school.reference}
    for wrong in ({"family_name": "Yusu"}, {"birth_on_year": "2010"}, {"school": "none"}):
        page = client.post("/desk/recoveries/find/", right | wrong)
        assert "Nobody fits all of this exactly" in page.content.decode()
    assert client.post("/desk/recoveries/find/", right).url == path
    assert client.get(path).status_code == 200
    assert list(LearnerSearch.objects.order_by("pk").values_list("learner", flat=True)) == [None] * 3 + [amina.pk]
    assert Event.objects.filter(verb="learner.find", by=desk, subject=f"accounts.learner:{amina.pk}").count() == 1
    school_day.shift(dt.timedelta(minutes=31))
    client.force_login(desk)  # nothing was done for half an hour, so they have signed in again
    assert client.get(path).status_code == 404
    amina.roll_entries.update(ended_on=dt.date(2026, 11, 18))  # a leaver, on results day
    assert client.post("/desk/recoveries/find/", right | {"school": "none"}).url == path
    twin = LearnerFactory(given_name="Amina", family_name="Yusuf", birth_on=BORN, area=school.area)
    assert "Nobody fits" in client.post("/desk/recoveries/find/", right | {"school": "none"}).content.decode()
    twin.delete()
    for _ in range(30):
        LearnerSearch.objects.create(by=desk, area=school.area)
    assert client.post("/desk/recoveries/find/", right).status_code == 429


def test_the_help_desk_sees_its_areas_recoveries_and_keeps_the_limit(client, amina, coordinator, desk, check):
    start(amina, coordinator, check)
    elsewhere = StaffRoleFactory(
        kind=RoleKind.HELP_DESK, organisation=OrganisationFactory(kind="authority", area__name="Southmoor")
    ).user
    for person, names in ((desk, [amina]), (elsewhere, [])):
        client.force_login(person)
        assert [one.learner for one in client.get("/desk/recoveries/").context["recoveries"]] == names
    client.force_login(desk)
    assert "Enter a number from 0 to 200" in client.post("/desk/recoveries/", {"daily_limit": "999"}).content.decode()
    client.post("/desk/recoveries/", {"daily_limit": "3"})
    assert 'value="3"' in client.get("/desk/recoveries/").content.decode()
    client.force_login(coordinator)
    assert client.post("/desk/recoveries/", {"daily_limit": "3"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_of_recoveries_takes_the_same_queries_for_one_and_five(
    client, school, coordinator, check, rows, django_assert_num_queries
):
    for _ in range(rows):
        learner = LearnerFactory(area=school.area)
        RollEntryFactory(learner=learner, school=school)
        start(learner, coordinator, check)
    client.force_login(coordinator)
    with django_assert_num_queries(5):
        assert len(client.get("/desk/recoveries/").context["recoveries"]) == rows


def test_mails_about_getting_back_in_are_in_the_language_of_the_account(client, amina, coordinator, check):
    amina.user.email, amina.user.language = "amina@example.org", "pl"
    amina.user.save()
    start(amina, coordinator, check)

    (message,) = sent()

    assert message.subject == "Next Step: utworzono kod, który pomoże Ci się zalogować"
    assert "Dnia 18 listopada 2026" in message.body


# --- passkeys of before


def with_passkeys(user, *names):
    return [
        Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": {}})
        for name in names
    ]


def test_help_by_somebody_else_ends_passkeys_and_the_page_says_so(client, amina, coordinator, check):
    with_passkeys(amina.user, "Old phone", "Tablet")
    others = with_passkeys(coordinator, "Mine")
    recovery, _code = start(amina, coordinator, check)
    session = client.session
    session["recovery_checked"] = {"recovery": recovery.pk, "at": clock.now().timestamp()}
    session.save()
    page = client.get("/recover/account/").content.decode()
    assert "Passkeys of this account stop working" in page
    assert "Old phone" not in page  # nobody is signed in
    actions.recover_account(recovery=recovery, password=NEW)
    assert list(Authenticator.objects.all()) == others
    assert Event.objects.get(verb="recovery.use").facts == {"passkeys_ended": 2}


def test_who_comes_by_their_own_mail_says_which_passkeys_they_still_have(client, amina):
    amina.user.email = "amina@example.org"
    amina.user.save()
    _old, tablet = with_passkeys(amina.user, "Old phone", "Tablet")
    [others] = with_passkeys(UserFactory(), "Of somebody else")
    actions.ask_recovery_link(email="amina@example.org", address_hash=HERE)
    client.get(link_in(sent()[0]))
    page = client.get("/recover/account/").content.decode()
    assert "Which of these do you still have?" in page
    assert "Of somebody else" not in page
    answers = {"password": NEW, "password_again": NEW}
    refused_page = client.post("/recover/account/", answers | {"keep": [tablet.pk, others.pk]})
    assert refused_page.status_code == 200
    assert client.post("/recover/account/", answers | {"keep": [tablet.pk]}).url == "/start/"
    assert list(Authenticator.objects.order_by("pk")) == [tablet, others]


def test_reading_the_mail_of_staff_takes_no_second_step_away(client, coordinator):
    kept = with_passkeys(coordinator, "Mine")
    actions.ask_recovery_link(email="office@example.org", address_hash=HERE)
    client.get(link_in(sent()[0]))
    assert "Which of these" not in client.get("/recover/account/").content.decode()
    client.post("/recover/account/", {"password": NEW, "password_again": NEW})
    assert list(Authenticator.objects.all()) == kept
