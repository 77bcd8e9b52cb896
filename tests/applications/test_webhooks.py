"""Addresses that are told of changes: what may be one, who keeps them, and what their pages show."""

import datetime as dt
import time

import pytest
from django.core import mail
from django.urls import reverse

from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from applications import actions
from applications.actions.webhooks import MOST
from applications.models import Webhook, WebhookDelivery, WebhookTry
from applications.workflow import WEBHOOK_FLOW, WebhookState
from core import clock, sealing
from core.errors import NotAllowed, RuleBroken, StaleState
from tests.applications.hooks import again
from tests.factories import OrganisationFactory

ADDRESS = "https://198.41.0.4/hooks?key=hidden"  # numbers: no name is looked up


@pytest.fixture
def manager(town):
    return town.staff("Mo Manager", town.northfield, "manager")


@pytest.fixture
def add(town, manager):
    def add(address=ADDRESS, *, by=manager):
        return actions.add_webhook(provider=town.northfield, address=address, by=by)

    return add


def url(name, thing):
    return reverse(f"applications:{name}", args=[thing.reference])


def delivered(webhook, number, *, state="delivered", days=0):
    """So many deliveries that are over, each with a try."""
    at = clock.now() - dt.timedelta(days=days)
    for _ in range(number):
        one = WebhookDelivery.objects.create(
            webhook=webhook, event="applications.changed", state=state, changed=["ABCDEF"], made_at=at, ended_at=at
        )
        WebhookTry.objects.create(delivery=one, started_at=at, ended_at=at, status=204, milliseconds=12)


def test_a_secret_is_kept_sealed_and_stands_in_no_history(add):
    webhook, secret = add()
    assert secret.startswith("whsec_")
    assert (secret in str(Webhook.objects.values().get()), sealing.unseal(webhook.secret)) == (False, secret)
    assert "hidden" not in str([*Event.objects.values(), *OutboxMessage.objects.values()])
    actions.renew_secret(webhook=webhook, by=webhook.by)
    counts = sealing.reseal()
    assert [counts[name].current for name in ("secrets of webhooks", "older secrets of webhooks")] == [1, 1]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://198.41.0.4/hooks", "address_not_https"),
        ("https://127.0.0.1/hooks", "address_not_public"),
        ("https://[fd00::1]/hooks", "address_not_public"),
        ("https://169.254.169.254/latest", "address_not_public"),
        ("https://me:word@198.41.0.4/", "address_has_password"),
        ("https://198.41.0.4:25/", "address_port"),
        ("ftp://198.41.0.4/", "address_not_web"),
        ("https://198.41.0.4/" + "".join(chr(0x4E00 + number) for number in range(1900)), "address_too_long"),
        (f" {ADDRESS} ", "address_taken"),
    ],
)
def test_what_cannot_be_an_address(add, address, code):
    add()
    with pytest.raises(RuleBroken) as refusal:
        add(address)
    assert refusal.value.code == code
    assert Webhook.objects.count() == 1


def test_there_are_only_so_many_and_one_that_ended_counts_no_more(add):
    for number in range(MOST):
        webhook, _secret = add(f"https://198.41.0.4/{number}")
    with pytest.raises(RuleBroken) as refusal:
        add()
    assert refusal.value.code == "too_many_webhooks"
    actions.end_webhook(webhook=webhook, by=webhook.by)
    add(webhook.address)


DO = {
    "switch_on": actions.switch_on_webhook,
    "switch_off": actions.switch_off_webhook,
    "test": actions.send_test_event,
    "new_secret": actions.renew_secret,
    "end": actions.end_webhook,
}


@pytest.mark.parametrize("state", WebhookState)
@pytest.mark.parametrize("verb", DO)
def test_each_verb_is_done_where_the_table_says_and_by_a_manager_only(town, add, manager, state, verb):
    assert set(DO) == set(WEBHOOK_FLOW.moves) - {"stop"}  # the service's, after three days
    webhook, _secret = add()
    Webhook.objects.update(state=state, ended_at=clock.now() if state == "ended" else None)
    with pytest.raises(NotAllowed):
        DO[verb](webhook=webhook, by=town.admissions)
    if targets := WEBHOOK_FLOW.targets(state, verb):
        DO[verb](webhook=webhook, by=manager)
        assert {again(webhook).state} == targets
        assert Event.objects.filter(verb=f"webhook.{verb}").get().facts["organisation"] == town.northfield.pk
    else:
        with pytest.raises(StaleState):
            DO[verb](webhook=webhook, by=manager)


def test_an_ended_address_keeps_no_secret_and_nothing_waits_for_it(add, manager):
    webhook, _secret = add()
    test = actions.send_test_event(webhook=webhook, by=manager)
    assert actions.send_test_event(webhook=webhook, by=manager) == test  # pressed twice
    actions.end_webhook(webhook=webhook, by=manager)
    assert (again(webhook).secret, WebhookDelivery.objects.get().state) == ("", "failed")
    assert not WebhookDelivery.objects.free().exists()


def test_managers_are_told_of_a_new_address(add, manager):
    webhook, _secret = add()
    sweep_outbox()
    (told,) = mail.outbox
    assert (told.bcc, told.subject) == (["mo@example.org"], "Next Step: an address of your own system was added")
    assert url("webhook", webhook) in told.body
    assert "hidden" not in told.body


def test_what_is_over_is_forgotten_after_a_month_but_not_what_an_address_goes_on_from(add, manager):
    webhook, _secret = add()
    delivered(webhook, 2, days=31)
    delivered(webhook, 1, days=29)
    delivered(webhook, 1, days=31, state="failed")
    assert actions.forget_deliveries() == 2
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["delivered", "failed"]
    actions.end_webhook(webhook=webhook, by=manager)
    assert actions.forget_deliveries() == 1


# The pages


def test_a_manager_adds_one_and_sees_its_secret_once(client, town, manager):
    client.force_login(manager)
    assert "No addresses yet" in client.get(reverse("applications:webhooks")).text
    assert reverse("applications:webhooks") in client.get(reverse("applications:tokens")).text
    adding = url("webhook-add", town.northfield)
    assert "private network" in client.post(adding, {"address": "https://10.0.0.1/"}).text
    page = client.post(adding, {"address": ADDRESS})
    secret, webhook = page.context["secret"], Webhook.objects.get()
    assert page["Cache-Control"].startswith("max-age=0")
    assert page.text.count(secret) == 1
    assert "told already" in client.post(adding, {"address": ADDRESS}).text
    for shown in (reverse("applications:webhooks"), url("webhook", webhook)):
        page = client.get(shown).text
        assert (secret in page, "key=hidden" in page) == (False, True)
    renewed = client.post(url("webhook-new-secret", webhook))
    assert sealing.unseal(again(webhook).secret) == renewed.context["secret"] != secret
    assert "signs as well until Saturday 21 November 2026" in renewed.text
    assert client.post(url("webhook-end", webhook)).status_code == 302
    assert client.get(url("webhook-end", webhook)).status_code == 409


@pytest.mark.parametrize("name", ["webhook-add", "webhook-new-secret"])
def test_who_signed_in_hours_ago_says_again_who_they_are(client, town, add, manager, name):
    webhook, _secret = add()
    client.force_login(manager)
    session = client.session
    session["confirmed_at"] = time.time() - 601
    session.save()
    page = client.get(url(name, town.northfield if name == "webhook-add" else webhook))
    assert page["Location"].startswith(reverse("accounts:confirm"))


def test_another_providers_manager_finds_none_and_the_help_desk_reads_without_the_secret_part(client, town, add):
    webhook, _secret = add()
    delivered(webhook, 1)
    pages = [url(name, webhook) for name in ("webhook", "webhook-end", "webhook-new-secret")]
    client.force_login(town.staff("Sam Other", town.southbank, "manager"))
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert "198.41.0.4" not in client.get(reverse("applications:webhooks")).text
    desk = town.staff("Hal Desk", OrganisationFactory(kind="authority", area=town.area), "help_desk")
    client.force_login(desk)
    assert [client.get(page).status_code for page in pages] == [200, 403, 403]
    for page in (reverse("applications:webhooks"), pages[0]):
        shown = client.get(page).text
        assert ("198.41.0.4" in shown, "key=hidden" in shown, "Send a test" in shown) == (True, False, False)
    assert client.post(url("webhook-switch-off", webhook)).status_code == 403


def test_the_page_of_an_address_shows_one_state_at_a_time(client, add, manager):
    webhook, _secret = add()
    delivered(webhook, 1)
    delivered(webhook, 2, state="failed")
    client.force_login(manager)
    assert client.get(url("webhook", webhook), {"state": "failed"}).text.count("ABCDEF") == 0  # numbers, not which
    found = {
        state: len(client.get(url("webhook", webhook), {"state": state}).context["page_obj"].object_list)
        for state in ("", "waiting", "delivered", "failed", "nonsense")
    }
    assert found == {"": 3, "waiting": 0, "delivered": 1, "failed": 2, "nonsense": 3}


@pytest.mark.parametrize("number", [0, 1, 5])
def test_pages_ask_the_same_for_none_one_and_five(client, add, manager, django_assert_num_queries, number):
    for one in range(number):
        webhook, _secret = add(f"https://198.41.0.4/{one}")
    client.force_login(manager)
    with django_assert_num_queries(6 if number else 5):
        client.get(reverse("applications:webhooks"))
    if number:
        delivered(webhook, number)
        with django_assert_num_queries(9):
            client.get(url("webhook", webhook))
