import datetime as dt
import re

import pytest
from django.core import mail
from django.http import QueryDict
from django.test import Client

from activity.actions import sweep_outbox
from activity.models import OutboxMessage
from core import clock
from core.errors import RuleBroken
from prospectus import messages, tasks
from prospectus.actions import refresh_search, saved
from prospectus.forms.search import SearchForm
from prospectus.messages import token_of
from prospectus.models import Course, SavedSearch
from prospectus.queries.saved import new_courses, query_of
from prospectus.views.saved import canonical, suggested_name
from tests.factories import LearnerFactory, UserFactory
from tests.prospectus.conftest import Town
from tests.races import at_once

LIST = "/saved-searches/"


def words(response):
    inner = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


@pytest.fixture
def amina(db):
    return LearnerFactory(user=UserFactory(email="amina@example.org")).user


def save(user, address="q=plumbing", **rest):
    return saved.save_search(address=address, by=user, **({"name": "Plumbing", "is_mailed": True} | rest))


def publish(town, title="Plumbing Evening", **rest):
    course = town.course(title, "05.2", "2", town.southbank, published_at=clock.now(), **rest)
    refresh_search()
    return course


# --- saving


@pytest.mark.parametrize(
    "asked",
    [
        "q=plumbing&level=2&level=3&page=4",
        "level=3&q=plumbing&level=2",
        "level=3&level=2&level=2&q=+plumbing+&sort=title&after=x&miles=&nonsense=1&level=99",
    ],
)
def test_the_same_search_is_always_the_same_address(town, asked):
    assert canonical(QueryDict(asked)) == "level=2&level=3&q=plumbing"


@pytest.mark.parametrize(
    "asked",
    [
        "q=plumbing",
        "q=plumbing&exact=1",
        "q=hair&area=northmoor&area=eastvale&level=2",
        "subject=05&subject=05.2&mode=part_time&pattern=evening&start=any_time&apply=here",
        "postcode=ZN1&miles=20&type=nvq&kind=course&stage=post_16&places=left&delivery=online",
        "postcode=ZN2+1AA",
    ],
)
def test_a_saved_address_asks_what_the_form_would(town, asked):
    address = canonical(QueryDict(asked))
    form = SearchForm(QueryDict(address)).query()
    ours = query_of(address)

    assert {name: set(values) for name, values in ours.filters.items() if values} == {
        name: set(values) for name, values in form.filters.items() if values
    }
    assert (ours.text, ours.place, ours.miles, ours.is_exact) == (form.text, form.place, form.miles, form.is_exact)


def test_providers_are_saved_too(town):
    address = canonical(QueryDict(f"provider={town.northfield.reference}&provider=NOBODY"))

    assert address == f"provider={town.northfield.reference}"
    assert query_of(address).providers == (town.northfield.pk,)


def test_a_visitor_signs_in_and_comes_back_to_save(town, client, amina):
    response = client.get("/saved-searches/save/?q=plumbing&level=2")
    assert response.status_code == 302
    assert "next=/saved-searches/save/%3Fq%3Dplumbing%26level%3D2" in response["Location"]

    client.force_login(amina)
    page = client.get("/saved-searches/save/?q=plumbing&level=2")
    assert 'value="plumbing, Level 2"' in page.content.decode()
    done = client.post("/saved-searches/save/?level=2&q=plumbing", {"name": "Pipes", "is_mailed": "no"}, follow=True)

    assert "Your search is saved." in words(done)
    assert list(SavedSearch.objects.values_list("user", "address", "name", "is_mailed")) == [
        (amina.pk, "level=2&q=plumbing", "Pipes", False)
    ]


def test_saving_it_again_gives_it_the_new_name(amina):
    first = save(amina)
    second = save(amina, name="Pipes", is_mailed=False)

    assert second.pk == first.pk
    assert SavedSearch.objects.get().name == "Pipes"


def test_the_eleventh_is_refused_in_a_sentence(town, client, amina):
    for number in range(10):
        save(amina, address=f"q=word{number}")
    client.force_login(amina)

    page = client.post("/saved-searches/save/?q=hair", {"name": "Hair", "is_mailed": "yes"})

    assert "You have saved 10 searches, which is as many as fit" in words(page)
    assert SavedSearch.objects.count() == 10
    with pytest.raises(RuleBroken) as refusal:
        save(amina, address="q=hair")
    assert refusal.value.code == "too_many_saved_searches"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_do_not_save_an_eleventh(monkeypatch):
    monkeypatch.setattr(saved, "MOST_SAVED", 1)
    user = UserFactory()

    results = at_once(*[lambda word=word: save(user, address=f"q={word}") for word in ("hair", "cars")])

    assert sorted(type(result).__name__ for result in results) == ["RuleBroken", "SavedSearch"]
    assert SavedSearch.objects.count() == 1


def test_a_search_without_words_has_a_name_all_the_same(town):
    assert suggested_name(QueryDict("")) == "All courses"
    assert suggested_name(QueryDict("q=" + "x" * 300)) == "x" * 100
    assert suggested_name(QueryDict("postcode=ZN1")) == "near ZN1"
    assert suggested_name(QueryDict("month=2027-09&level=3")) == "Level 3, September 2027"


# --- the list


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_takes_the_same_questions_with_one_and_with_five(
    town, client, amina, django_assert_num_queries, number
):
    for one in range(number):
        save(amina, address=f"q=word{one}")
    client.force_login(amina)

    with django_assert_num_queries(4):
        client.get(LIST)


def test_what_is_new_is_counted_at_night_and_seen_by_opening_it(town, client, amina, school_day):
    search = save(amina)
    school_day.shift(dt.timedelta(hours=1))
    publish(town)
    tasks.nightly()
    client.force_login(amina)
    assert "1 new since you last looked" in words(client.get(LIST))

    opened = client.get(f"/saved-searches/open/{search.reference}/")

    assert opened["Location"] == "/courses/?q=plumbing"
    assert "Nothing new since you last looked" in words(client.get(LIST))
    assert saved.count_new_courses() == 0


def test_the_mail_is_in_the_language_of_whoever_saved_it(town, amina):
    amina.email, amina.language = "amina@example.org", "pl"
    amina.save()
    search = save(amina)
    for courses, counted in ((1, "jest 1 nowy kurs"), (3, "są 3 nowe kursy"), (7, "jest 7 nowych kursów")):
        messages.send({"saved_search_id": search.pk, "courses": courses})
        assert f"W zapisanym wyszukiwaniu {counted}." in mail.outbox[-1].body
    assert mail.outbox[-1].subject == "Next Step: coś nowego w zapisanym wyszukiwaniu"
    assert "plumbing" not in mail.outbox[-1].body


def test_changing_and_removing(client, amina):
    search = save(amina)
    client.force_login(amina)
    client.post(f"/saved-searches/change/{search.reference}/", {"name": "Pipes", "is_mailed": "no"})
    assert list(SavedSearch.objects.values_list("name", "is_mailed")) == [("Pipes", False)]

    assert "Remove “Pipes”?" in words(client.get(f"/saved-searches/remove/{search.reference}/"))
    client.post(f"/saved-searches/remove/{search.reference}/")

    assert not SavedSearch.objects.exists()
    assert "No saved searches yet" in words(client.get(LIST))


def test_somebody_elses_saved_search_does_not_exist(client, amina):
    search = save(amina)
    client.force_login(LearnerFactory().user)

    assert "Plumbing" not in words(client.get(LIST))
    for verb in ("open", "change", "remove"):
        assert client.get(f"/saved-searches/{verb}/{search.reference}/").status_code == 404
        assert client.post(f"/saved-searches/{verb}/{search.reference}/").status_code in {404, 405}
    assert SavedSearch.objects.count() == 1


# --- what is new


def test_only_what_fits_was_published_since_and_still_is(town, amina, school_day):
    search = save(amina)
    before = clock.now()
    school_day.shift(dt.timedelta(hours=1))
    publish(town)
    publish(town, title="Hairdressing for All")
    gone = publish(town, title="Plumbing Withdrawn")
    Course.objects.filter(pk=gone.pk).update(state="withdrawn")
    refresh_search()

    assert new_courses(search, since=before) == 1
    assert new_courses(search, since=clock.now()) == 0


def test_a_course_with_some_of_the_words_is_no_news(town, amina, school_day):
    search = save(amina, address="q=plumbing+falconry")
    before = clock.now()
    school_day.shift(dt.timedelta(hours=1))
    publish(town)

    assert new_courses(search, since=before) == 0


# --- the weekly word


@pytest.fixture
def news(town, amina, school_day):
    """A saved search, and a course that came since."""
    search = save(amina)
    school_day.shift(dt.timedelta(hours=1))
    publish(town)
    return search


def test_one_mail_a_week_says_how_many_and_nothing_else(news, town, school_day):
    assert saved.tell_of_new_courses() == 1
    assert saved.tell_of_new_courses() == 0
    sweep_outbox()

    (sent,) = mail.outbox
    assert sent.to == ["amina@example.org"]
    assert "There is 1 new course in a search you saved." in sent.body
    assert not re.search("plumbing|southbank", sent.subject + sent.body, re.IGNORECASE)
    assert OutboxMessage.objects.get().key == f"saved-search-news:{news.pk}:2026-W47"
    # Something more in the same week waits for the next.
    school_day.shift(dt.timedelta(hours=1))
    publish(town, title="Plumbing at Weekends")
    assert saved.tell_of_new_courses() == 0
    school_day.shift(dt.timedelta(days=7))
    assert saved.tell_of_new_courses() == 1


def test_without_news_without_an_address_or_unwanted_there_is_no_mail(news, town, amina, school_day):
    save(UserFactory(email=""))
    save(UserFactory(email="ben@example.org"), is_mailed=False)
    save(UserFactory(email="cara@example.org"), address="q=falconry")
    SavedSearch.objects.exclude(pk=news.pk).update(told_at=clock.now() - dt.timedelta(days=3))

    assert saved.tell_of_new_courses() == 1
    assert OutboxMessage.objects.get().payload == {"saved_search_id": news.pk, "courses": 1}


def test_a_mail_on_its_way_is_not_sent_once_unwanted(news):
    saved.tell_of_new_courses()
    saved.stop_mails(reference=news.reference)

    sweep_outbox()

    assert mail.outbox == []
    assert OutboxMessage.objects.get().sent_at


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_send_one_mail(reference, school_day):
    town = Town()
    save(UserFactory(email="amina@example.org"))
    school_day.shift(dt.timedelta(hours=1))
    publish(town)

    results = at_once(saved.tell_of_new_courses, saved.tell_of_new_courses)

    assert sorted(results) == [0, 1]
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("clock_time", "told"), [((15, 59), []), ((16, 0), [0]), ((16, 29), [0, 1, 2]), ((18, 50), [0, 1, 2, 3, 4, 5])]
)
def test_owners_are_told_in_groups_and_what_was_missed_is_caught_up(town, amina, school_day, clock_time, told):
    searches = {search.pk % 6: search.pk for search in (save(amina, address=f"level=2&q=x{n}") for n in range(6))}
    for search in SavedSearch.objects.all():
        SavedSearch.objects.filter(pk=search.pk).update(address=f"q=plumbing&miles={search.pk}")
    school_day.shift(dt.timedelta(hours=1))
    publish(town)
    school_day.move_to(clock.now().replace(hour=clock_time[0], minute=clock_time[1]))

    tasks.tell_of_new_courses()

    assert sorted(message.payload["saved_search_id"] for message in OutboxMessage.objects.all()) == sorted(
        searches[group] for group in told
    )


# --- stopping


def test_the_link_in_the_mail_asks_and_then_stops(news):
    saved.tell_of_new_courses()
    sweep_outbox()
    (link,) = re.findall(r"Stop these e-mails: http://localhost:8000(\S+)", mail.outbox[0].body)
    stranger = Client(enforce_csrf_checks=True)

    asked = stranger.get(link)
    assert "Stop these e-mails?" in words(asked)
    assert SavedSearch.objects.get().is_mailed

    # As a mail program does it: one POST, no cookie, no token (RFC 8058).
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe"] == f"<http://localhost:8000{link}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    done = stranger.post(link, {"List-Unsubscribe": "One-Click"})

    assert "No more e-mails" in words(done)
    assert not SavedSearch.objects.get().is_mailed
    assert "Plumbing" not in words(done)
    assert stranger.post(link).status_code == 200


def test_a_link_that_is_not_ours_does_not_exist(news, client):
    for token in (news.reference, f"{news.reference}:forged", token_of(news)[:-1]):
        assert client.post(f"/saved-searches/stop/{token}/").status_code == 404
    assert SavedSearch.objects.get().is_mailed


# --- without an address


def test_nobody_is_asked_about_emails_that_cannot_reach_them(town, client):
    learner = LearnerFactory(user=UserFactory(email="")).user
    client.force_login(learner)
    page = client.get("/saved-searches/save/?q=plumbing")
    assert "Shall we e-mail you" not in words(page)
    assert "We have no e-mail address for you" in words(page)

    client.post("/saved-searches/save/?q=plumbing", {"name": "Pipes"})
    kept = SavedSearch.objects.get()
    assert not kept.is_mailed
    client.post(f"/saved-searches/change/{kept.reference}/", {"name": "Water"})
    kept.refresh_from_db()
    assert (kept.name, kept.is_mailed) == ("Water", False)


def test_the_shortlist_leads_to_the_saved_searches(town, client, amina):
    assert 'href="/saved-searches/"' not in client.get("/shortlist/").content.decode()
    client.force_login(amina)
    assert 'href="/saved-searches/"' in client.get("/shortlist/").content.decode()
