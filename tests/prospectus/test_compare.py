import datetime as dt
import re
from urllib.parse import urlencode

import pytest

from prospectus.models import Course, EntryRequirement
from prospectus.queries import place_of
from prospectus.queries.compare import compare
from tests.factories import CourseFactory


def words(response):
    inner = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


def address(*courses, **more):
    return "/compare/?" + urlencode([("course", course.reference) for course in courses] + list(more.items()))


def facts(*courses, **more):
    found = compare([course.reference for course in courses], **more)
    return {fact.name: fact.cells for fact in found.facts}


def test_the_same_facts_of_each_in_the_order_asked(town):
    town.run(town.hair, town.far, starts_on=dt.date(2027, 1, 4), cost_pence=12000, extra_cost_pence=5000, places=1)
    EntryRequirement.objects.create(course=town.hair, position=1, grade="3", subject_words="English")
    EntryRequirement.objects.create(course=town.hair, position=2, grade="4", subject_words="Maths", is_essential=False)

    found = facts(town.hair, town.plumbing, place=place_of("ZN1"))

    assert found["College or provider"] == [["Eastgate Training", "Eastvale"], ["Northfield College", "Northmoor"]]
    assert found["Level"] == [["Level 2", str(town.hair.qualification_type)], ["Level 2"]]
    assert found["What you need to get in"][0] == ["English at grade 3 or above"]
    assert found["Where"] == [["Valley Site, Northmoor (about 7 miles)"], ["Hill Site, Northmoor (under a mile)"]]
    assert found["When"][0] == ["Starts 4 January 2027", "Start any time"]
    assert found["Cost"][0] == ["£120, and £50 for kit, books and trips", "Ask the provider"]
    assert found["Places"] == [["21 left"], ["40 left"]]


def test_a_fact_nobody_states_is_no_row_and_long_lists_are_cut(town):
    for month in range(1, 7):
        town.run(town.cars, town.near, starts_on=dt.date(2027, month, 1))

    found = facts(town.cars, town.hair)

    assert "How you are assessed" not in found
    assert found["When"][0] == ["Starts 1 January 2027", "Starts 1 February 2027", "Starts 1 March 2027", "and 4 more"]


def test_full_is_said_kindly(town):
    town.cars.runs.update(places=3, places_taken=4)

    assert facts(town.cars)["Places"] == [["Full. Ask about a waiting list"]]


def test_what_is_equal_can_be_folded_away_by_a_link(town, client):
    both = town.cars, town.plumbing
    page = client.get(address(*both))
    assert "College or provider" in words(page)
    (link,) = re.findall(r'href="(\?[^"]+only=differences)"', page.content.decode())

    folded = words(client.get("/compare/" + link.replace("&amp;", "&")))

    assert "Only what differs is shown" in folded
    assert "College or provider" not in folded
    assert "Level 1" in folded


def test_a_fifth_course_is_left_out_with_a_sentence(town, client):
    five = town.cars, town.plumbing, town.hair, town.maths, town.animals

    page = words(client.get(address(*five)))

    assert "You can see 4 courses side by side" in page
    assert "Animal Management" not in page


def test_a_withdrawn_course_is_said_and_nothing_of_it_shown(town, client):
    Course.objects.filter(pk=town.hair.pk).update(state="withdrawn")

    page = words(client.get(address(town.hair, town.draft, town.cars)))

    assert "2 of the courses are no longer in the prospectus" in page
    assert "Hairdressing" not in page
    assert "Secret" not in page


@pytest.mark.parametrize("query", ["", "?course=", "?course=NOBODY", "?course=%00", "?postcode=%00", "?only=x"])
def test_odd_addresses_give_a_page(town, client, query):
    page = client.get(f"/compare/{query}")

    assert page.status_code == 200
    assert "Nothing to compare yet" in words(page)


def test_an_unknown_postcode_is_explained(town, client):
    assert "We do not know that postcode" in words(client.get(address(town.cars, postcode="QQ9")))


def test_the_providers_texts_are_words_and_not_marks(town, client):
    nasty = CourseFactory(title="<b>Bold</b>", summary="<script>alert(1)</script>", provider=town.northfield)

    assert "<script>alert" not in client.get(address(nasty, town.cars)).content.decode()


@pytest.mark.parametrize("number", [1, 4])
def test_the_questions_are_the_same_for_one_and_for_four(town, client, django_assert_num_queries, number):
    courses = [town.cars, town.plumbing, town.hair, town.maths][:number]

    with django_assert_num_queries(3):
        page = client.get(address(*courses))

    assert page["Cache-Control"] == "public, max-age=60"


# --- on to the provider


def test_the_way_to_apply_leads_only_to_the_address_the_provider_gave(town, client):
    run = town.cars.runs.get()
    url = f"/courses/{town.cars.reference}/apply/{run.reference}/"
    assert client.get(url).status_code == 404
    for wrong in ("javascript:alert(1)", "ftp://files.example/"):
        town.cars.runs.update(apply_url=wrong)
        assert client.get(url).status_code == 404

    town.cars.runs.update(apply_url="https://northfield.example/apply?c=1")
    response = client.get(f"{url}?next=https://elsewhere.example")

    assert response.status_code == 302
    assert response["Location"] == "https://northfield.example/apply?c=1"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    Course.objects.filter(pk=town.cars.pk).update(state="draft")
    assert client.get(url).status_code == 404


def test_a_run_of_another_course_is_not_found(town, client):
    run = town.cars.runs.get()
    town.cars.runs.update(apply_url="https://northfield.example/")

    assert client.get(f"/courses/{town.hair.reference}/apply/{run.reference}/").status_code == 404
