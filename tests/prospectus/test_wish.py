import re

import pytest
from django.core.cache import cache

from prospectus.actions import refresh_search
from prospectus.models import Wish
from prospectus.queries.nearby import nearby_subjects
from prospectus.views import wish as wish_views


@pytest.fixture(autouse=True)
def nobody_wished_yet():
    cache.clear()


def words(response):
    inner = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


def test_the_form_is_filled_in_from_the_search_that_found_nothing(town, client):
    page = client.get("/wish/", {"q": "falconry", "subject": "03.3", "level": "2", "postcode": "ZN1 1AA"})

    text = page.content.decode()
    assert 'value="falconry"' in text
    assert '<option value="03.3" selected>' in text
    assert 'value="ZN1"' in text


def test_a_wish_is_kept_thanked_for_and_leads_on(town, client):
    sent = {"words": "Falconry", "subject": "03.3", "level": "", "outcode": "zn1 1aa", "area": "northmoor"}

    page = client.post("/wish/", sent, follow=True)

    wish = Wish.objects.get()
    assert (wish.words, wish.subject_id, wish.outcode, wish.area) == ("Falconry", "03.3", "ZN1", town.northmoor)
    assert "Thank you" in words(page)
    assert "Look through all courses" in words(page)
    assert "sessionid" not in client.cookies


def test_further_away_and_nearby_subjects_are_offered_with_their_counts(town, client):
    page = words(client.get("/wish/made/", {"q": "plumbing", "subject": "", "postcode": "ZN1"}))
    assert "Within 10 miles : 2 courses" in page

    town.course("Horticulture", "03.2", "2", town.northfield)
    refresh_search()
    page = words(client.get("/wish/made/", {"q": "zoo keeper"}))
    assert "Subjects close to it" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Say what you would like to learn, or choose a subject."),
        ({"words": "a@b.example"}, "Leave out e-mail addresses and long numbers"),
        ({"words": "x" * 121}, "Use 120 characters or fewer"),
        ({"words": "falconry", "outcode": "Northmoor"}, "Enter only the first half of your postcode"),
        ({"words": "falconry", "subject": "99.9"}, "Choose a subject from the list"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_kept(town, client, sent, said):
    page = client.post("/wish/", sent)

    assert said in words(page)
    assert not Wish.objects.exists()


def test_a_whole_year_group_can_wish_but_not_a_machine(town, client, monkeypatch):
    monkeypatch.setattr(wish_views, "MOST_WISHES_AN_HOUR", 2)
    pages = [client.post("/wish/", {"words": f"falconry {number}"}, follow=True) for number in range(3)]

    assert Wish.objects.count() == 2
    assert "Try again in an hour" in words(pages[2])


def test_nearby_subjects_are_the_others_of_the_broad_subject(town):
    town.course("Horticulture", "03.2", "2", town.northfield)
    refresh_search()

    assert [(one.code, one.courses) for one in nearby_subjects(subjects=["03.3"])] == [("03.2", 1)]
    assert [one.code for one in nearby_subjects(subjects=["03.3"], areas=[town.eastvale.pk])] == []
    assert [one.code for one in nearby_subjects("plumber")] == []
    assert nearby_subjects("\0") == nearby_subjects("", ["\0"]) == []


def test_nearby_subjects_take_at_most_three_questions(town, django_assert_num_queries):
    town.course("Horticulture", "03.2", "2", town.northfield)
    refresh_search()
    with django_assert_num_queries(3):
        nearby_subjects("zoo keeper")
