"""The page of a course: what it says, to whom, and to other programs."""

import datetime as dt
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from prospectus.actions import refresh_search
from prospectus.models import (
    Consortium,
    ConsortiumPartner,
    Course,
    CourseRun,
    EntryRequirement,
    ProvisionKind,
    RunState,
    Stage,
)
from prospectus.queries.course_page import WORDS, course_page, how_long_ago
from prospectus.queries.requirements import requirement_words
from prospectus.structured import workload_of
from tests.factories import RoleKind, StaffRoleFactory
from tests.prospectus.reading import reading_age, words

TODAY = dt.date(2026, 11, 18)
VISITOR = AnonymousUser()
QUERIES = 9


def change(course, **values):
    Course.objects.filter(pk=course.pk).update(**values)
    return course


def reload(course):
    """As it stands in the database now."""
    return Course.objects.for_list().get(pk=course.pk)


def text_of(client, course, query=""):
    response = client.get(course.get_absolute_url() + query)
    assert response.status_code == 200
    return words(response)


def facts(client, course):
    """{key: value} of the box at the top."""
    page = client.get(course.get_absolute_url()).content.decode()
    rows = re.findall(r"(?s)<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    return {key: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for key, value in rows}


def data_of(client, address, number=0):
    page = client.get(address).content.decode()
    found = re.findall(r'(?s)<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(found[number])


@pytest.fixture
def editor(town):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.northfield).user


# --- the facts first


def test_the_facts_stand_before_everything_else(town, client):
    change(town.plumbing, qualification_title="City & Guilds Diploma", awarding_organisation="City & Guilds")
    CourseRun.objects.filter(course=town.plumbing).update(duration_text="1 year", cost_pence=0)
    assert facts(client, town.plumbing) == {
        "Level": "Level 2: like GCSE grades 4 to 9",
        "Starts": "11 January 2027 and 1 more start",
        "How long": "1 year Part time or full time, evening or daytime",
        "Where": "Hill Site, Northmoor",
        "Cost": "Free",
        "Places": "Places left on every start",
        "How to apply": "Here, with your one application. Choose a start",
        "What you get": "City &amp; Guilds Diploma from City &amp; Guilds",
        "Checked": "6 weeks ago by Northfield College (1 October 2026)",
    }
    page = client.get(town.plumbing.get_absolute_url()).content.decode()
    assert page.index('class="facts"') < page.index("<h2")


def test_a_course_of_which_nothing_is_known_says_whom_to_ask(town, client):
    bare = town.course("Bare", "05.2", "", town.northfield, checked_on=None)
    assert facts(client, bare) == {
        "Starts": "No dates yet",
        "Cost": "Ask the provider",
        "How to apply": "Ask the provider",
        "Checked": "Not yet by Northfield College",
    }
    text = text_of(client, bare)
    assert "Northfield College has not said yet what you do here. Ask them." in text
    assert "Northfield College has not said what you need. Ask them before you apply." in text
    assert "has not given any dates yet" in text
    assert "What the level means" not in text
    assert "How you are assessed" not in text


def test_a_course_without_a_subject_has_a_page(town, client):
    bare = change(town.course("Bare", "05.2", "", town.northfield), subject=None)
    assert "Courses" in text_of(client, bare)


# --- the facts, each way it can be


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ([None], "Ask the provider"),
        ([0, 0], "Free"),
        ([12050], "£120.50"),
        ([5000, None, 12000], "£50 to £120"),
        ([0, 12000], "Free to £120"),
    ],
)
def test_the_cost_in_one_line(town, prices, said):
    for price in prices:
        town.run(town.maths, None, cost_pence=price)
    assert course_page(town.maths, VISITOR).cost == said


def test_the_cost_says_what_kit_costs_too_and_what_only_the_provider_can_say(town):
    town.run(town.maths, None, cost_pence=0, extra_cost_pence=4550)
    assert course_page(town.maths, VISITOR).cost == "Free, plus about £45.50 for kit, books and trips"
    town.run(town.animals, None, cost_text="A deposit of £20")
    CourseRun.objects.filter(course=town.cars).update(cost_text="")
    change(town.cars, costs_and_help="<p>Bring boots.</p>")
    assert course_page(town.animals, VISITOR).cost == "A deposit of £20"
    assert course_page(reload(town.cars), VISITOR).cost == "The provider says what it costs"


@pytest.mark.parametrize(
    "text",
    [
        "Free if you are under 19",
        "The course is free for 16 to 18 year olds.",
        "Bring a pen. It’s free if you’re aged 16-18 on 31 August.",
        "No course fees for under 19s",
        "Under 19s: free",
        "If you are under 19, the course is free.",
        "Tuition: fully funded for learners aged 16–18",
    ],
)
def test_free_under_19_is_read_from_the_providers_words(town, text):
    change(town.cars, costs_and_help=f"<p>Money</p><p>{text}</p>")
    assert course_page(reload(town.cars), VISITOR).cost == "Free if you are under 19"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Free",
        "Free parking for under 19s",
        "Bus travel is free for under 19s",
        "Under 19s get free bus travel",
        "This course is not free for under 19s",
        "Free unless you are under 19",
        "Free to people over 19",
        "Under 19s pay £30. Parking is free.",
        "The fee is £50 if you are under 19",
    ],
)
def test_free_under_19_is_not_read_from_other_words(town, text):
    change(town.cars, costs_and_help=f"<p>{text}</p>")
    assert "under 19" not in course_page(reload(town.cars), VISITOR).cost


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([(None, 0)], ""),
        ([(20, 19)], "1 place left"),
        ([(20, 8)], "12 places left"),
        ([(20, 20)], "Full. Ask the provider if a place may come free."),
        ([(20, 20), (20, 25)], "Full. Ask the provider if a place may come free."),
        ([(20, 20), (None, 0)], ""),
        ([(20, 20), (20, 8)], "Places left on some starts"),
        ([(None, 0), (20, 8)], "Places left on some starts"),
        ([(20, 1), (20, 8)], "Places left on every start"),
    ],
)
def test_whether_there_is_room(town, places, said):
    for all_places, taken in places:
        town.run(town.maths, None, places=all_places, places_taken=taken)
    assert course_page(town.maths, VISITOR).places == said


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({}, "Here, with your one application."),
        ({"apply_until_on": TODAY}, "Here, with your one application. Apply by 18 November 2026."),
        ({"apply_from_on": dt.date(2026, 12, 1)}, "Here, from 1 December 2026"),
        ({"apply_until_on": dt.date(2026, 11, 17)}, "It is too late to apply here. Ask the provider."),
        ({"takes_applications": False}, "Ask the provider"),
        ({"takes_applications": False, "apply_url": "https://example.org/"}, "On the provider’s own site"),
    ],
)
def test_how_to_apply(town, run, said):
    town.run(town.maths, None, **run)
    assert course_page(town.maths, VISITOR).apply == said


def test_a_provider_that_takes_no_applications_here_is_asked(town):
    town.southbank.takes_applications = False
    town.southbank.save()
    town.run(town.maths, None)
    assert course_page(reload(town.maths), VISITOR).apply == "Ask the provider"


def test_the_start_is_the_next_one_or_the_one_that_was(town):
    town.run(town.maths, None, starts_on=dt.date(2026, 9, 7))
    assert course_page(town.maths, VISITOR).start == "No new start yet. The last one was 7 September 2026."
    town.run(town.maths, None, starts_on=None, start_text="When there are six of you")
    assert course_page(town.maths, VISITOR).start == "When there are six of you"
    town.run(town.maths, None, starts_on=dt.date(2027, 1, 4))
    assert course_page(town.maths, VISITOR).start == "4 January 2027"


def test_where_and_how_long_say_up_to_three_things(town):
    for number in range(3):
        town.run(town.maths, None, duration_text=f"{number + 1} terms")
    assert course_page(town.maths, VISITOR).duration == "1 terms or 2 terms or 3 terms"
    town.run(town.maths, None, duration_text="a year")
    assert course_page(town.maths, VISITOR).duration == "It depends on which start you choose"
    assert course_page(town.computing, VISITOR).where == "Online or at home"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "yesterday"),
        (13, "13 days ago"),
        (14, "2 weeks ago"),
        (60, "8 weeks ago"),
        (61, "2 months ago"),
        (364, "12 months ago"),
        (365, "more than a year ago"),
    ],
)
def test_how_long_ago_it_was_checked(days, said):
    assert how_long_ago(TODAY - dt.timedelta(days=days)) == said


def test_a_page_checked_long_ago_says_to_ask(town, client):
    assert "Ask if it is still right" not in text_of(client, town.cars)
    change(town.cars, checked_on=TODAY - dt.timedelta(days=2 * town.northmoor.fresh_days + 1))
    assert "ago by Northfield College" in text_of(client, town.cars)
    assert "Ask if it is still right" in text_of(client, town.cars)


# --- what one needs


def needs(*rows):
    return requirement_words([EntryRequirement(**row) for row in rows])


def gcse(subject="", grade="4", how_many=1):
    return {"qualification_type_id": "gcse", "grade": grade, "subject_words": subject, "how_many": how_many}


def test_what_one_needs_is_said_as_people_say_it(reference):
    assert needs(gcse(how_many=5), gcse("English"), gcse("maths")) == [
        "5 GCSEs at grade 4 or above, with English and maths"
    ]
    assert needs(gcse(how_many=4), gcse("maths", "5")) == [
        "4 GCSEs at grade 4 or above",
        "GCSE maths at grade 5 or above",
    ]
    assert needs(gcse("English"), gcse("maths"), gcse("science")) == [
        "GCSE English, maths and science at grade 4 or above"
    ]
    assert needs(gcse()) == ["A GCSE at grade 4 or above"]
    assert needs(gcse("sciences", how_many=2)) == ["2 GCSEs in sciences at grade 4 or above"]
    assert needs({"level_id": "2", "subject_words": "construction"}) == ["Level 2 construction"]
    assert needs({"level_id": "2"}, {"level_id": "E", "how_many": 2}) == [
        "A Level 2 qualification",
        "2 Entry level qualifications",
    ]
    assert needs({"qualification_type_id": "btec_l2", "grade": "Merit"}) == ["A BTEC Level 2 at Merit or above"]
    assert needs({"qualification_type_id": "a_level"}, {"qualification_type_id": "nvq", "grade": "pass"}) == [
        "An A level",
        "An NVQ at pass or above",
    ]
    assert needs({"subject_words": "an interest in animals"}) == ["An interest in animals"]
    assert needs({"grade": "C"}) == ["A qualification at grade C or above"]
    assert needs({"qualification_type_id": "esol", "how_many": 2}) == ["2 ESOLs"]
    assert needs() == []


def test_the_list_comes_before_the_providers_text_and_what_only_helps_after_it(town, client):
    change(town.cars, entry_requirements="<p>And a short talk with us.</p>")
    for position, row in enumerate([gcse(how_many=4), gcse("maths"), {**gcse("art"), "is_essential": False}], start=1):
        EntryRequirement.objects.create(course=town.cars, position=position, **row)
    assert (
        "What you need to get in 4 GCSEs at grade 4 or above, with maths And a short talk with us. "
        "Helps, but not needed GCSE art at grade 4 or above"
    ) in text_of(client, town.cars)


# --- kinds of provision


@pytest.mark.parametrize("kind", ProvisionKind)
def test_each_kind_is_told_in_its_own_words(town, client, kind):
    change(town.cars, kind=kind, what_you_do="<p>Things.</p>", who_it_is_for="<p>You.</p>")
    text = text_of(client, town.cars)
    own = WORDS[kind]
    assert all(words in text for words in (own.first, own.what_you_do, own.who_it_is_for, own.needs, own.apply))
    assert ("Apprenticeship at Northfield College" in text) is (kind == ProvisionKind.APPRENTICESHIP)


def test_an_apprentice_is_employed_and_paid_and_somebody_at_a_taster_is_not(town, client):
    change(town.cars, kind=ProvisionKind.APPRENTICESHIP)
    assert "You are employed and paid" in text_of(client, town.cars)
    assert facts(client, town.cars)["Cost"] == "You are paid. You do not pay for the training."
    change(town.cars, kind=ProvisionKind.TASTER, what_you_do="<p>Meet the teachers.</p>")
    text = text_of(client, town.cars)
    assert "What happens on the day Meet the teachers." in text
    assert "paid" not in text


def test_a_course_in_years_10_and_11_says_to_ask_the_school_and_promises_no_bursary(town, client):
    assert "bursary" in text_of(client, town.cars)
    change(town.cars, stage=Stage.KEY_STAGE_4)
    text = text_of(client, town.cars)
    assert "This is for Years 10 and 11" in text
    assert "bursary" not in text


def test_a_qualification_has_a_name_that_people_use(town, client):
    change(town.cars, qualification_type_id="apprenticeship_intermediate")
    assert facts(client, town.cars)["What you get"] == "Intermediate Apprenticeship"


# --- who teaches it


def test_partners_of_a_consortium_are_named_with_who_leads(town, client):
    together = Consortium.objects.create(name="Northmoor Engineering", lead=town.northfield)
    for partner in (town.eastgate, town.southbank):
        ConsortiumPartner.objects.create(consortium=together, provider=partner)
    change(town.cars, consortium=together)
    expected = "Taught together with Eastgate Training and Southbank Sixth Form . Northfield College leads."
    assert expected in text_of(client, town.cars)
    ConsortiumPartner.objects.filter(provider=town.eastgate).update(
        ended_on=TODAY - dt.timedelta(days=1), joined_on=dt.date(2026, 9, 1)
    )
    assert "Taught together with Southbank Sixth Form . Northfield" in text_of(client, town.cars)
    Consortium.objects.update(ended_on=TODAY - dt.timedelta(days=1))
    assert "Taught together" not in text_of(client, town.cars)


# --- when and where


def test_a_start_that_has_passed_and_a_full_one_are_marked(town, client):
    town.run(town.cars, town.near, starts_on=dt.date(2026, 9, 7), cost_pence=12050, start_text="Autumn term")
    town.run(town.cars, town.near, starts_on=dt.date(2027, 1, 4), places_taken=20)
    text = text_of(client, town.cars)
    assert "Started 7 September 2026 Start has passed Autumn term" in text
    assert "Too late for this start" in text
    assert "Starts 4 January 2027 Full" in text
    assert "£120.50" in text


def test_a_course_page_says_once_what_the_provider_says_in_our_own_words_too(town, client):
    change(town.plumbing, level_text="Level 2", qualification_title=town.plumbing.title.upper())
    town.run(town.plumbing, town.near, mode_text="Full time, Daytime")
    town.run(town.plumbing, town.near, mode_text="Full time, Tuesdays from 9")
    text = text_of(client, town.plumbing)
    assert "calls it" not in text
    assert "What you get" not in text
    assert "Full time, Daytime" not in text
    assert "Full time, Tuesdays from 9" in text
    change(town.plumbing, level_text="Intermediate")
    assert "Northfield College calls it: Intermediate." in text_of(client, town.plumbing)


def test_sixty_starts_are_folded_after_ten_and_opened_by_a_plain_link(town, client):
    for number in range(60):
        town.run(town.maths, None, starts_on=dt.date(2027, 1, 4) + dt.timedelta(days=number))
    address = town.maths.get_absolute_url()
    folded, everything = client.get(address).content.decode(), client.get(address + "?runs=all").content.decode()
    assert folded.count('<th scope="row">') == 10
    assert 'href="?runs=all#runs">Show all 60 starts' in folded
    assert everything.count('<th scope="row">') == 60
    assert "Show all" not in everything
    assert client.get(address + "?runs=x").content.decode().count('<th scope="row">') == 10


# --- who may see it


def test_an_old_or_short_address_leads_to_the_course(town, client):
    for address in (f"/courses/{town.hair.reference}/", f"/courses/{town.hair.reference}/old-title/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, town.hair.get_absolute_url())


def test_a_draft_is_for_those_who_keep_the_courses(town, client, editor):
    address = town.draft.get_absolute_url()
    assert client.get(address).status_code == 404
    client.force_login(editor)
    assert "This course is a draft" in words(client.get(address))
    other = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.eastgate).user
    client.force_login(other)
    assert client.get(address).status_code == 404


def test_a_providers_own_way_to_apply_is_gone_through_by_an_address_of_ours(town, client):
    run = town.run(town.maths, None, apply_url="https://example.org/apply", takes_applications=False)
    page = client.get(town.maths.get_absolute_url()).content.decode()
    assert "example.org" not in page
    assert reverse("prospectus:apply", args=[town.maths.reference, run.reference]) in page


def test_drafts_of_starts_are_for_those_who_keep_the_courses(town, client, editor):
    next_year = town.run(
        town.cars, town.near, starts_on=dt.date(2028, 9, 4), state=RunState.DRAFT, rolled_from=town.cars.runs.get()
    )
    town.run(town.cars, town.near, starts_on=dt.date(2029, 9, 3), ended_on=TODAY)
    other = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.eastgate).user
    for user in (None, other):
        if user:
            client.force_login(user)
        text = text_of(client, town.cars)
        assert "4 September 2028" not in text
        assert "drafts" not in text
    client.force_login(editor)
    text = text_of(client, town.cars)
    assert "Some starts are drafts." in text
    assert "Starts 4 September 2028 Draft, from last year" in text
    assert "3 September 2029" not in text
    assert [run["startDate"] for run in data_of(client, town.cars.get_absolute_url())["hasCourseInstance"]] == [
        "2027-09-06"
    ]
    assert course_page(town.cars, editor).start == "6 September 2027"
    next_year.state = RunState.PUBLISHED
    next_year.save()
    client.logout()
    assert "Starts 4 September 2028" in text_of(client, town.cars)


def test_a_course_page_asks_as_often_with_one_run_as_with_five(town, client, django_assert_num_queries):
    together = Consortium.objects.create(name="Northmoor Engineering", lead=town.northfield)
    ConsortiumPartner.objects.create(consortium=together, provider=town.southbank)
    change(town.cars, consortium=together)
    town.run(town.course("Motor Vehicle Repair", "04.3", "1", town.eastgate), town.far)  # a similar one
    refresh_search()
    EntryRequirement.objects.create(course=town.cars, position=1, **gcse(how_many=5))
    # The course, what it asks for, its runs, levels, partners; three for similar ones; one of a higher floor’s slot.
    for _ in range(2):
        with django_assert_num_queries(QUERIES):
            client.get(town.cars.get_absolute_url())
        for position in range(2, 6):
            town.run(town.cars, town.near)
            EntryRequirement.objects.get_or_create(course=town.cars, position=position, defaults=gcse("art"))


# --- what it says to other programs


def test_the_course_data_has_what_search_engines_ask_for(town, client):
    change(
        town.cars, summary="Mend cars.", qualification_type_id="nvq", qualification_title="NVQ in Vehicles",
        awarding_organisation="City & Guilds", entry_requirements="<p>A short <b>talk</b>.</p>",
    )  # fmt: skip
    EntryRequirement.objects.create(course=town.cars, position=1, **gcse(how_many=4))
    CourseRun.objects.filter(course=town.cars).update(cost_pence=0, duration_text="2 years")
    town.run(town.cars, town.near, starts_on=dt.date(2026, 9, 7))
    here = f"http://testserver{town.cars.get_absolute_url()}"
    who = f"http://testserver/providers/{town.northfield.reference}/"
    credential = {
        "@type": "EducationalOccupationalCredential",
        "name": "NVQ in Vehicles",
        "educationalLevel": ["Level 1"],
        "recognizedBy": {"@type": "Organization", "name": "City & Guilds"},
    }
    offer = {"@type": "Offer", "category": "Free", "price": "0.00", "priceCurrency": "GBP"}
    there = {"addressLocality": "Northmoor", "postalCode": "HX1 1AA", "addressCountry": "GB"}
    assert data_of(client, town.cars.get_absolute_url()) == {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": here,
        "url": here,
        "name": "Motor Vehicle Maintenance",
        "description": "Mend cars.",
        "courseCode": town.cars.provider_reference,
        "inLanguage": "en-GB",
        "provider": {"@type": "EducationalOrganization", "@id": who, "name": "Northfield College", "url": who},
        "educationalLevel": ["Level 1"],
        "occupationalCredentialAwarded": credential,
        "coursePrerequisites": ["4 GCSEs at grade 4 or above", "A short talk."],
        "about": {"@type": "Thing", "name": "Transportation operations and maintenance"},
        "offers": [offer],
        "hasCourseInstance": [
            {
                "@type": "CourseInstance",
                "courseMode": ["onsite", "full-time"],
                "startDate": "2027-09-06",
                "courseWorkload": "P2Y",
                "location": {"@type": "Place", "name": "Hill Site", "address": {"@type": "PostalAddress", **there}},
                "offers": offer,
            }
        ],
    }


@pytest.mark.parametrize("course", ["plumbing", "heating", "cars", "hair", "computing", "maths", "animals"])
def test_every_course_has_the_properties_that_are_required(town, client, course):
    """Google's list for a course: a name, a description of its own, who provides it; and a mode for each instance."""
    data = data_of(client, getattr(town, course).get_absolute_url())
    assert data["@type"] == "Course"
    assert data["name"]
    assert 0 < len(data["description"]) <= 500
    assert data["provider"]["@type"] == "EducationalOrganization"
    assert data["provider"]["name"]
    for run in data["hasCourseInstance"]:
        assert run["@type"] == "CourseInstance"
        assert set(run["courseMode"]) <= {"onsite", "online", "blended", "full-time", "part-time"}
        assert dt.date.fromisoformat(run["startDate"]) > TODAY if "startDate" in run else True


def test_the_way_back_is_told_too(town, client):
    address = town.cars.get_absolute_url()
    data = data_of(client, address, number=1)
    assert data["@type"] == "BreadcrumbList"
    assert [(item["position"], item["name"], item["item"]) for item in data["itemListElement"]] == [
        (1, "Courses", "http://testserver/courses/"),
        (2, "Engineering, cars and making things", "http://testserver/courses/?subject=04"),
        (3, "Motor Vehicle Maintenance", f"http://testserver{address}"),
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2 years", "P2Y"),
        ("One year (full time)", "P1Y"),
        ("36 weeks", "P36W"),
        ("18-month programme", "P18M"),
        ("20 hours", "PT20H"),
        ("1 day", "P1D"),
        ("1 or 2 years", ""),
        ("1-2 years", ""),
        ("2 hours a week for 10 weeks", ""),
        ("As long as you need", ""),
    ],
)
def test_how_long_it_takes_is_told_only_where_it_is_one_length(said, expected):
    assert workload_of(CourseRun(duration_text=said)) == expected


def test_dates_say_how_long_it_takes_where_the_provider_does_not():
    run = CourseRun(starts_on=dt.date(2027, 9, 6), ends_on=dt.date(2027, 9, 10))
    assert workload_of(run) == "P5D"


def test_structured_data_cannot_end_its_element(town, client):
    attack = "</script><script>alert(1)</script>"
    change(town.hair, summary=attack, title=f"Hair {attack}", qualification_title=attack)
    page = client.get(reload(town.hair).get_absolute_url()).content.decode()
    for number in (0, 1):
        data = data_of(client, reload(town.hair).get_absolute_url(), number)
        assert attack in json.dumps(data, ensure_ascii=False)
    assert "<script>alert" not in page


def test_a_link_to_the_page_is_told_in_plain_words(town, client):
    change(town.cars, summary='Mend "cars" & vans.')
    page = client.get(town.cars.get_absolute_url() + "?runs=all").content.decode()
    address = f"http://testserver{town.cars.get_absolute_url()}"
    assert f'<link rel="canonical" href="{address}">' in page
    assert '<meta property="og:title" content="Motor Vehicle Maintenance">' in page
    assert '<meta property="og:description" content="Mend &quot;cars&quot; &amp; vans.">' in page


# --- sending and printing


def test_the_page_can_be_sent_by_the_visitors_own_mail(town, client):
    change(town.cars, title="Cars & vans? 100%")
    course = reload(town.cars)
    page = client.get(course.get_absolute_url()).content.decode()
    (link,) = re.findall(r'href="(mailto:\?[^"]+)"', page)
    asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    address = f"http://testserver{course.get_absolute_url()}"
    assert asked["subject"] == ["Cars & vans? 100% at Northfield College"]
    assert address in asked["body"][0]
    assert f'value="{address}" readonly' in page
    assert "Print in your browser’s menu" in page


# --- the levels


def test_the_page_of_levels_explains_them_with_examples(reference, client):
    text = words(client.get(reverse("prospectus:levels")))
    assert "Level 3 Like A levels." in text
    assert "For example: A level, T Level, BTEC National, Advanced Apprenticeship, NVQ" in text
    assert "T Level Two years on one kind of work" in text
    assert "English Baccalaureate" not in text  # a measure of schools, not something to take


def test_the_page_of_levels_without_levels_says_so(client, db):
    assert "The levels have not been loaded here yet." in words(client.get(reverse("prospectus:levels")))


# --- how hard it is to read


@pytest.mark.parametrize("kind", ProvisionKind)
def test_our_words_on_a_course_page_are_read_at_eleven(town, client, kind):
    change(town.plumbing, kind=kind)
    change(town.maths, kind=kind, stage=Stage.KEY_STAGE_4)
    for course in (town.plumbing, town.maths):
        assert reading_age(client.get(course.get_absolute_url()).content.decode()) <= 11


@pytest.mark.parametrize(
    "name",
    ["prospectus:home", "prospectus:courses", "prospectus:levels", "prospectus:start-now", "prospectus:together"],
)
def test_our_words_on_other_pages_are_read_at_eleven(town, client, name):
    assert reading_age(client.get(reverse(name)).content.decode()) <= 11


def test_the_measure_of_reading_knows_hard_words():
    easy = "<main><p>You learn how to fit and mend pipes and baths.</p></main>"
    hard = (
        "<main><p>Participants demonstrate comprehensive understanding of contemporary installation methodologies, "
        "notwithstanding organisational considerations.</p></main>"
    )
    assert reading_age(easy) < 9
    assert reading_age(hard) > 16
