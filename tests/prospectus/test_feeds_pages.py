"""The pages of feeds at the desk, and what everybody reads of them."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from core import clock
from prospectus.actions.feeds import add_feed, pause_feed
from prospectus.actions.opening import set_opening
from prospectus.models import CourseRun, Feed, FeedFetch, FeedPart
from prospectus.queries.opening import Route
from providers.models import RoleKind
from tests.factories import OrganisationFactory, ProviderFactory, StaffRoleFactory
from tests.outside import LOCAL, running
from tests.prospectus.fetched import catalogue, courses, fetch_now, provider, switched_on, work

pytestmark = pytest.mark.django_db
LIST, ADD = "/desk/feeds/", "/desk/feeds/new/"


@pytest.fixture
def outside(settings, tmp_path):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    settings.FEED_FOLDERS = tmp_path / "feeds"
    with running() as server:
        yield server


@pytest.fixture
def editor(town):
    return StaffRoleFactory(organisation=town.southbank, kind=RoleKind.EDITOR).user


@pytest.fixture
def help_desk(town):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.northmoor)
    return StaffRoleFactory(organisation=council, kind=RoleKind.HELP_DESK).user


@pytest.fixture
def address(town, outside):
    return outside.serve(body=catalogue(provider(town.southbank.ukprn, "Southbank Sixth Form", *courses(10))))


def page_of(feed):
    return reverse("prospectus:desk-feed", args=[feed.reference])


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def test_an_editor_adds_a_feed_reads_what_it_would_do_and_switches_it_on(town, editor, client, address):
    client.force_login(editor)
    assert "No feeds yet" in words(client.get(LIST))
    form = client.get(ADD)
    assert list(form.context["form"].things.values()) == [("provider", town.southbank)]
    answers = {
        "whose": f"provider:{town.southbank.reference}",
        "source": "address",
        "rhythm": "daily",
        "weekday": 0,
        "hour": 4,
    }

    added = client.post(ADD, answers | {"address": f" {address} "})

    feed = Feed.objects.get()
    assert (added.status_code, added["Location"]) == (302, page_of(feed))
    assert "It is being tried" in words(client.get(page_of(feed)))
    work()
    page = client.get(page_of(feed))
    assert "20 courses and dates would be added" in words(page)
    assert "This address is not encrypted" in words(page)
    assert [verb for verb, _words, _name in page.context["buttons"]] == ["try", "resume", "end"]
    client.post(reverse("prospectus:feed-resume", args=[feed.reference]))
    fetch_now(feed)
    page = words(client.get(page_of(feed)))
    assert "The last fetch worked" in page
    assert "20 courses and dates were added" in page
    fetch = client.get(reverse("prospectus:feed-fetch", args=[feed.fetches.first().reference]))
    assert (
        reverse("providers:upload", args=[feed.fetches.first().parts.get().upload.reference]) in fetch.content.decode()
    )


def test_what_is_missing_or_wrong_is_said_beside_its_box(town, editor, client):
    client.force_login(editor)
    mine = {
        "whose": f"provider:{town.southbank.reference}",
        "source": "address",
        "rhythm": "daily",
        "weekday": 0,
        "hour": 4,
    }

    for change, field, sentence in (
        ({"address": ""}, "address", "Enter the web address of the file"),
        ({"address": "http://10.0.0.1:22/"}, "address", "Port 22"),
        ({"address": "http://0x7f.1/"}, "address", "private network"),
        ({"source": ""}, "source", "Choose how the file gets here"),
        ({"whose": f"provider:{town.northfield.reference}"}, "whose", "Select a valid choice"),
        ({"whose": f"area:{town.eastvale.slug}"}, "whose", "Select a valid choice"),
        ({"whose": ""}, "whose", "Choose whose courses they are"),
        ({"hour": "24"}, "hour", "Select a valid choice"),
    ):
        response = client.post(ADD, mine | {"address": "https://example.org/a.xml"} | change)
        assert response.status_code == 200
        assert any(sentence in error for error in response.context["form"].errors[field]), (change, field)
    assert not Feed.objects.exists()


def test_a_second_feed_of_the_same_provider_is_refused_on_the_form(town, editor, client):
    add_feed(provider=town.southbank, source="folder", by=editor)
    client.force_login(editor)

    response = client.post(
        ADD,
        {
            "whose": f"provider:{town.southbank.reference}",
            "source": "folder",
            "rhythm": "daily",
            "weekday": 0,
            "hour": 4,
        },
    )

    assert "There is a feed of Southbank Sixth Form already" in words(response)


def test_the_help_desk_adds_a_neighbours_whole_dataset(town, help_desk, client, outside):
    client.force_login(help_desk)
    things = client.get(ADD).context["form"].things

    assert ("area", town.eastvale) in things.values()
    assert ("provider", town.northfield) in things.values()
    client.post(ADD, {"whose": "area:eastvale", "source": "folder", "rhythm": "weekly", "weekday": 6, "hour": 23})
    feed = Feed.objects.get()
    assert (feed.area, feed.timetable) == (town.eastvale, "every Sunday between 23:00 and 0:00")
    page = words(client.get(page_of(feed)))
    assert feed.reference in page
    assert "All its providers" in words(client.get(LIST))


def test_a_fetch_that_needs_somebody_does_not_look_as_if_all_were_well(town, editor, client, outside, address):
    feed = switched_on(editor, provider=town.southbank, address=address)
    fetch_now(feed)
    client.force_login(editor)
    assert "The last fetch worked" in words(client.get(page_of(feed)))
    outside.serve(body=catalogue(provider(town.southbank.ukprn, "Southbank Sixth Form", *courses(2))))

    fetch_now(feed)

    assert "It was fetched, and somebody has to look at it" in words(client.get(page_of(feed)))


def test_a_wrong_address_is_no_dead_end(town, editor, client, address):
    feed = switched_on(editor, provider=town.southbank, address=address.replace("courses", "nothing"))
    fetch_now(feed)
    client.force_login(editor)

    page = words(client.get(page_of(feed)))

    assert "Is the address wrong? Change it. It is then tried from there." in page
    assert reverse("prospectus:feed-edit", args=[feed.reference]) in client.get(page_of(feed)).content.decode()
    assert "Read more about this fetch" in page


@pytest.mark.parametrize(
    ("kind", "back", "leads_to"),
    [(RoleKind.HELP_DESK, "Back to uploads", "/desk/uploads/"), (RoleKind.OFFICER, "Back to feeds", LIST)],
)
def test_the_way_back_from_a_held_file_leads_somewhere(town, editor, client, outside, address, kind, back, leads_to):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.northmoor)
    feed = switched_on(editor, provider=town.southbank, address=address)
    fetch_now(feed)
    outside.serve(body=catalogue(provider(town.southbank.ukprn, "Southbank Sixth Form", *courses(2))))
    fetch_now(feed)
    held = FeedPart.objects.get(outcome="held").upload
    client.force_login(StaffRoleFactory(organisation=council, kind=kind).user)

    page = client.get(reverse("providers:upload", args=[held.reference]))

    assert f'<a class="govuk-back-link" href="{leads_to}">{back}</a>' in page.content.decode()
    assert client.get(leads_to).status_code == 200
    may_hand_over = kind != RoleKind.OFFICER  # who decides about a held file need not be one who brings others
    address = reverse("providers:upload-new", args=["courses"])
    assert client.get(address).status_code == (200 if may_hand_over else 404)


def test_a_stranger_to_the_provider_gets_nothing(town, editor, client):
    feed = add_feed(provider=town.southbank, source="folder", by=editor)
    fetch = feed.fetches.get()
    client.force_login(StaffRoleFactory(organisation=town.northfield, kind=RoleKind.EDITOR).user)

    assert "Southbank" not in words(client.get(LIST))
    assert client.get(page_of(feed)).status_code == 404
    assert client.get(reverse("prospectus:feed-fetch", args=[fetch.reference])).status_code == 404
    for name in ("try", "resume", "pause", "end"):
        assert client.post(reverse(f"prospectus:feed-{name}", args=[feed.reference])).status_code == 404


def test_buttons_need_a_post_and_say_kindly_when_it_is_done_already(town, editor, client):
    feed = add_feed(provider=town.southbank, source="folder", by=editor)
    client.force_login(editor)
    resume, pause = (reverse(f"prospectus:feed-{name}", args=[feed.reference]) for name in ("resume", "pause"))

    assert client.get(resume).status_code == 405
    assert client.post(resume).status_code == 302
    assert client.post(resume).status_code == 409
    assert client.post(pause).status_code == 302
    assert client.post(pause).status_code == 409


def test_a_feed_is_ended_after_one_more_look(town, editor, client):
    feed = add_feed(provider=town.southbank, source="folder", by=editor)
    client.force_login(editor)
    end = reverse("prospectus:feed-end", args=[feed.reference])

    assert "never fetched again" in words(client.get(end))
    client.post(end)

    feed.refresh_from_db()
    assert (feed.state, feed.ended_at is None) == ("ended", False)
    assert client.get(page_of(feed)).context["buttons"] == []


def test_while_it_is_fetched_the_page_shows_how_far_it_is_with_and_without_scripts(town, editor, client, address):
    feed = add_feed(provider=town.southbank, source="address", address=address, by=editor)
    fetch = reverse("prospectus:feed-fetch", args=[feed.fetches.get().reference])
    client.force_login(editor)

    for url in (page_of(feed), fetch):
        assert 'http-equiv="refresh"' in client.get(url).content.decode()
        poll = client.get(url, headers={"HX-Request": "true"})
        assert (poll.status_code, "<html" in poll.content.decode()) == (200, False)
        assert "It is being tried" in words(poll)
    work()
    for url in (page_of(feed), fetch):
        assert 'http-equiv="refresh"' not in client.get(url).content.decode()
        assert client.get(url, headers={"HX-Request": "true"}).status_code == 286


def test_what_the_other_side_says_is_shown_as_text_and_nothing_more(town, help_desk, client, outside):
    name = "&lt;script&gt;alert(1)&lt;/script&gt;"
    body = catalogue(provider("10099999", name, *courses(1)), provider(town.eastgate.ukprn, "Eastgate", *courses(1)))
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=body))
    fetch = fetch_now(feed)
    client.force_login(help_desk)

    page = client.get(reverse("prospectus:feed-fetch", args=[fetch.reference])).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_list_asks_as_often_for_many_feeds(town, help_desk, client, django_assert_num_queries):
    client.force_login(help_desk)
    for number in (1, 5):
        while Feed.objects.count() < number:
            feed = Feed.objects.create(provider=ProviderFactory(), source="folder", by=help_desk)
            FeedFetch.objects.create(feed=feed, outcome="used", sentence="Fine.", ended_at=clock.now())
        # The session, the person, their roles; how many feeds, a page of them with their last sentence.
        with django_assert_num_queries(5):
            client.get(LIST)


def test_a_feed_and_a_fetch_ask_as_often_for_many_rows(town, help_desk, client, django_assert_num_queries):
    client.force_login(help_desk)
    feed = Feed.objects.create(area=town.eastvale, source="folder", by=help_desk)
    fetch = FeedFetch.objects.create(feed=feed, outcome="used", sentence="Fine.", ended_at=clock.now())
    for number in (1, 5):
        while fetch.parts.count() < number:
            FeedFetch.objects.create(feed=feed, outcome="used", sentence="Fine.", ended_at=clock.now())
            FeedPart.objects.create(
                fetch=fetch, position=fetch.parts.count() + 1, provider=ProviderFactory(), outcome="published",
                ended_at=clock.now(),
            )  # fmt: skip
        # The session, the person, their roles; the feed, what runs of it, how many fetches, a page, whether the last
        # needs somebody; whether one may.
        with django_assert_num_queries(9):
            client.get(page_of(feed))
        # The session, the person, their roles; the fetch, how many parts, a page of them.
        with django_assert_num_queries(6):
            client.get(reverse("prospectus:feed-fetch", args=[fetch.reference]))


# What everybody reads


def test_everybody_reads_when_a_providers_system_was_heard_from(town, editor, client, address):
    feed = switched_on(editor, provider=town.southbank, address=address)
    url = reverse("prospectus:provider", args=[town.southbank.reference])
    assert "another system" not in words(client.get(url))

    fetch_now(feed)

    assert "Its courses come from another system, last heard from on 18 November 2026, 10:00" in words(client.get(url))
    pause_feed(feed=feed, by=editor)
    assert "another system" not in words(client.get(url))


def test_everybody_reads_when_an_areas_system_was_heard_from(town, help_desk, client, outside):
    body = catalogue(provider(town.eastgate.ukprn, "Eastgate Training", *courses(2)))
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=body))
    fetch_now(feed)

    assert words(client.get("/areas/")).count("Last heard from its system 18 November 2026, 10:00") == 1
    eastgate, northfield = (
        words(client.get(reverse("prospectus:provider", args=[each.reference])))
        for each in (town.eastgate, town.northfield)
    )
    assert "last heard from on 18 November 2026" in eastgate
    assert "another system" not in northfield


def buttons(response):
    """The colour classes of the buttons by their words."""
    found = re.findall(r'<button[^>]*class="(govuk-button[^"]*)"[^>]*>\s*([^<]*)', response.content.decode())
    return {text.strip(): "secondary" not in classes for classes, text in found}


def test_the_green_button_is_what_to_do_next(town, editor, client, outside, address):
    client.force_login(editor)
    feed = add_feed(provider=town.southbank, source="address", address=outside.url("/nothing.xml"), by=editor)
    assert not any(
        is_green for text, is_green in buttons(client.get(page_of(feed))).items() if text.startswith(("Switch", "Try"))
    )
    work()

    failed = buttons(client.get(page_of(feed)))
    assert (failed["Try it now, publish nothing"], failed["Switch it on"]) == (True, False)

    edited = client.post(
        reverse("prospectus:feed-edit", args=[feed.reference]),
        {"source": "address", "address": address, "rhythm": "weekly", "weekday": 2, "hour": 5},
        follow=True,
    )
    assert "It is being tried from there" in words(edited)
    work()
    sound = buttons(client.get(page_of(feed)))
    assert (sound["Try it now, publish nothing"], sound["Switch it on"]) == (False, True)
    assert "Every Wednesday between 5:00 and 6:00" in words(client.get(page_of(feed)))


def test_what_is_wrong_with_a_new_address_is_said_on_the_form(town, editor, client, outside, address):
    feed = switched_on(editor, provider=town.southbank, address=address)
    client.force_login(editor)
    edit = reverse("prospectus:feed-edit", args=[feed.reference])
    assert client.get(edit).context["form"].initial["address"] == address

    response = client.post(
        edit, {"source": "address", "address": "http://10.0.0.1:22/", "rhythm": "daily", "weekday": 0, "hour": 3}
    )

    assert "Port 22" in words(response)
    feed.refresh_from_db()
    assert (feed.address, feed.state) == (address, "on")


def test_the_page_says_for_how_many_dates_somebody_has_set_how_one_applies(town, editor, client, outside, address):
    feed = switched_on(editor, provider=town.southbank, address=address)
    fetch_now(feed)
    CourseRun.objects.filter(course__provider=town.southbank, upload__isnull=False).update(is_flexible_start=True)
    run = CourseRun.objects.filter(course__provider=town.southbank, upload__isnull=False).first()
    client.force_login(editor)
    assert "somebody has set here" not in words(client.get(page_of(feed)))

    set_opening(provider=town.southbank, runs=[run.pk], route=Route.ASK, by=editor)

    assert "For 1 date somebody has set here how and when learners apply." in words(client.get(page_of(feed)))
    dates = client.get(reverse("prospectus:opening-runs", args=[town.southbank.reference]))
    assert words(dates).count("Set here on 18 Nov 2026") == 1
