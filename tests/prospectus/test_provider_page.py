"""The page of a provider: who they are, where they teach, and what."""

import datetime as dt
import json
import re

from django.urls import reverse

from prospectus.models import Consortium, ConsortiumPartner, Course
from tests.factories import RoleKind, SiteFactory, StaffRoleFactory
from tests.prospectus.reading import words


def address_of(provider):
    return reverse("prospectus:provider", args=[provider.reference])


def text_of(client, provider, query=""):
    response = client.get(address_of(provider) + query)
    assert response.status_code == 200
    return words(response)


def test_a_provider_page_lists_its_published_courses_and_open_sites(town, client):
    SiteFactory(organisation=town.northfield, name="Closed Site", ended_on=dt.date(2026, 9, 1))
    text = text_of(client, town.northfield)
    assert "2 courses" in text
    assert "Hill Site" in text
    assert "Secret Plumbing" not in text
    assert "Closed Site" not in text
    assert "It last checked its courses 6 weeks ago" in text


def test_courses_stand_under_their_subject_with_how_many_there_are(town, client):
    town.course("Bricklaying", "05.2", "1", town.northfield)
    page = client.get(address_of(town.northfield)).content.decode()
    text = words(client.get(address_of(town.northfield)))
    assert re.search(r"Engineering.*? \(1\) Motor Vehicle Maintenance .*\(2\) Bricklaying .*Plumbing Level 2", text)
    found = f"/courses/?provider={town.northfield.reference}&amp;subject=05"
    assert f'href="{found}"' in page
    assert client.get(found.replace("&amp;", "&")).status_code == 200


def test_a_course_without_a_subject_stands_last(town, client):
    Course.objects.filter(pk=town.cars.pk).update(subject=None)
    text = text_of(client, town.northfield)
    assert text.index("Plumbing Level 2") < text.index("Other courses (1) Motor Vehicle Maintenance")


def test_the_search_box_is_for_its_courses_only(town, client):
    page = client.get(address_of(town.northfield)).content.decode()
    assert f'<input type="hidden" name="provider" value="{town.northfield.reference}">' in page
    answer = client.get("/courses/", {"provider": town.northfield.reference, "q": "plumbing"})
    assert "1 course found" in words(answer)


def test_it_says_whether_one_can_apply_here(town, client):
    assert "How to apply Here, with your one application" in text_of(client, town.northfield)
    town.northfield.takes_applications = False
    town.northfield.save()
    assert "How to apply Ask Northfield College. You cannot apply to it here." in text_of(client, town.northfield)


def test_it_says_with_whom_it_works_as_of_today(town, client):
    led = Consortium.objects.create(name="Engineering Together", lead=town.northfield)
    Consortium.objects.create(name="Gone", lead=town.northfield, ended_on=dt.date(2026, 11, 17))
    ConsortiumPartner.objects.create(consortium=led, provider=town.eastgate, joined_on=dt.date(2026, 9, 1))
    Consortium.objects.create(name="Of Others", lead=town.southbank)
    assert "Works with Engineering Together (leads it)" in text_of(client, town.northfield)
    assert "Gone" not in text_of(client, town.northfield)
    assert "Works with Engineering Together (led by Northfield College )" in text_of(client, town.eastgate)
    ConsortiumPartner.objects.update(ended_on=dt.date(2026, 11, 17))
    assert "Works with" not in text_of(client, town.eastgate)


def test_a_provider_without_courses_says_so(town, client):
    Course.objects.filter(provider=town.southbank).update(state="withdrawn")
    text = text_of(client, town.southbank)
    assert "No courses yet" in text
    assert "It has not checked its courses yet" in text


def test_many_courses_come_in_pages(town, client):
    for number in range(60):
        town.course(f"Roofing {number:02}", "05.2", "1", town.southbank)
    first, second = text_of(client, town.southbank), text_of(client, town.southbank, "?page=2")
    assert "62 courses, page 1 of 2" in first
    assert "Roofing 59" not in first
    assert "Roofing 59" in second
    assert client.get(address_of(town.southbank) + "?page=3").status_code == 404


def test_an_editor_sees_the_drafts_among_the_courses(town, client):
    client.force_login(StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.northfield).user)
    assert "Secret Plumbing Draft" in text_of(client, town.northfield)


def test_a_school_without_courses_of_its_own_has_no_page(town, client):
    town.northfield.is_provider = False
    town.northfield.save()
    assert client.get(address_of(town.northfield)).status_code == 404


def test_a_provider_page_asks_as_often_for_many_courses(town, client, django_assert_num_queries):
    # The provider, how many courses, a page of them, its sites, counts by subject, their names, consortia.
    for _ in range(2):
        with django_assert_num_queries(7):
            client.get(address_of(town.northfield))
        for number in range(5):
            town.course(f"Roofing {number}", "05.2", "1", town.northfield)


def test_the_provider_is_told_to_other_programs(town, client):
    town.northfield.phone, town.northfield.email = "01632 960001", "office@example.org"
    town.northfield.website = "https://example.org/"
    town.northfield.save()
    page = client.get(address_of(town.northfield)).content.decode()
    here = f"http://testserver{address_of(town.northfield)}"
    there = {"addressLocality": "Northmoor", "postalCode": "HX1 1AA", "addressCountry": "GB"}
    assert json.loads(re.search(r'(?s)<script type="application/ld\+json">(.*?)</script>', page)[1]) == {
        "@context": "https://schema.org",
        "@type": "EducationalOrganization",
        "@id": here,
        "name": "Northfield College",
        "url": here,
        "sameAs": "https://example.org/",
        "email": "office@example.org",
        "telephone": "01632 960001",
        "identifier": {"@type": "PropertyValue", "propertyID": "UKPRN", "value": town.northfield.ukprn},
        "location": [
            {"@type": "Place", "name": "Hill Site", "address": {"@type": "PostalAddress", **there}},
        ],
    }
    assert f'<link rel="canonical" href="{here}">' in page
