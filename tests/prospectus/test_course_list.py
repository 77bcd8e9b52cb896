"""The courses of an area or a provider as a list to print, on the page and as a PDF."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse

from prospectus.exports import course_list as paper
from prospectus.models import Course, CourseRun
from prospectus.queries.course_list import OTHER, courses_of, lines_of, subjects_of, with_runs
from tests.factories import AreaFactory, ProviderFactory
from tests.prospectus.reading import words


def address_of(whose, ending="/"):
    name = "area-course-list" if whose._meta.model_name == "area" else "provider-course-list"
    at = whose.slug if whose._meta.model_name == "area" else whose.reference
    return reverse(f"prospectus:{name}{'' if ending == '/' else '-pdf'}", args=[at])


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()


def text_of(client, whose, query=""):
    response = client.get(address_of(whose) + query)
    assert response.status_code == 200
    return words(response)


def test_the_list_of_a_provider_says_level_when_where_and_how_to_apply(town, client):
    text = text_of(client, town.northfield)

    assert "Courses at Northfield College 2 courses, as of 18 November 2026." in text
    assert (
        "Plumbing Level 2 Level 2 11 January 2027, part time, evening, at Hill Site, Northmoor "
        "6 September 2027, full time, at Hill Site, Northmoor Here, with your one application." in text
    )


def test_the_list_of_an_area_names_the_providers_and_no_other_area(town, client):
    text = text_of(client, town.northmoor)

    assert "A Level Computer Science Southbank Sixth Form Level 3, A level" in text
    assert "Hairdressing" not in text
    assert "Hairdressing" in text_of(client, town.eastvale)


def test_nothing_that_a_visitor_does_not_see_is_on_paper(town, client):
    CourseRun.objects.filter(course=town.cars).update(ended_on=dt.date(2026, 1, 1))
    run = town.plumbing.runs.get(study_mode="part_time")
    run.state = "draft"
    run.save()

    text = text_of(client, town.northfield)

    assert "Secret Plumbing" not in text
    assert "evening" not in text
    assert "Motor Vehicle Maintenance Level 1 No dates yet Ask the provider" in text


def test_courses_stand_by_subject_and_one_subject_can_be_had_alone(town, client):
    Course.objects.filter(pk=town.maths.pk).update(subject=None)

    assert [(part.code, part.courses) for part in subjects_of(town.northmoor)] == [
        ("04", 1), ("05", 1), ("06", 1), (OTHER, 1)
    ]  # fmt: skip
    assert "Plumbing Level 2" not in text_of(client, town.northmoor, "?subject=04")
    assert "Mathematics GCSE" in text_of(client, town.northmoor, "?subject=other")
    for unknown in ("05.2", "99", "x", "03"):
        assert client.get(address_of(town.northmoor), {"subject": unknown}).status_code == 404


def test_a_course_with_many_starts_names_the_first_four(town):
    for month in range(1, 7):
        town.run(town.animals, town.far, starts_on=dt.date(2027, month, 11))

    (line,) = lines_of(with_runs(courses_of(town.eastgate, "03")))

    assert line.starts == [
        "11 January 2027, full time, at Valley Site, Northmoor",
        "11 February 2027, full time, at Valley Site, Northmoor",
        "11 March 2027, full time, at Valley Site, Northmoor",
        "11 April 2027, full time, at Valley Site, Northmoor",
        "and 3 more starts",
    ]


def test_what_has_started_is_not_on_the_list(town):
    CourseRun.objects.filter(course=town.animals).update(starts_on=dt.date(2026, 11, 17))

    (line,) = lines_of(with_runs(courses_of(town.eastgate, "03")))

    assert line.starts == ["No dates yet"]


def test_an_empty_list_leads_on(town, client):
    text = text_of(client, AreaFactory(name="Westmoor"))

    assert "No courses yet" in text
    assert "PDF" not in text
    assert client.get(address_of(AreaFactory(name="Southmoor"), ".pdf")).status_code == 404


@pytest.mark.parametrize("many", [0, 4])
def test_the_page_asks_as_often_for_many_courses(town, client, django_assert_num_queries, many):
    for number in range(many):
        town.run(town.course(f"Roofing {number}", "05.2", "1", town.northfield), town.near)
    with django_assert_num_queries(5):  # the area, courses by subject, names of subjects, a page of courses, its runs
        client.get(address_of(town.northmoor))


def test_many_courses_come_in_pages(town, client):
    for number in range(100):
        town.course(f"Roofing {number:03}", "05.2", "1", town.southbank)

    first, second = text_of(client, town.southbank), text_of(client, town.southbank, "?page=2")

    assert "102 courses" in first
    assert "Roofing 098" in first
    assert "Roofing 099" not in first
    assert "Roofing 099" in second


def test_the_pdf_is_accessible_and_comes_by_name(town, client):
    response = client.get(address_of(town.northmoor, ".pdf"))

    pdf = b"".join(response.streaming_content)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="courses-{town.northmoor.slug}.pdf"'
    assert pdf.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


def test_the_pdf_holds_what_the_page_says_as_data_and_never_as_markup(town, monkeypatch):
    town.plumbing.title = "#panic() *Plumbing* \u2603\ufdd0 // café"
    town.plumbing.save()
    given = {}
    monkeypatch.setattr(paper, "typeset", lambda files: given.update(files) or b"")
    paper.course_list_pdf(whose=town.northfield, address="https://example.org/x")
    monkeypatch.undo()

    assert b"#panic() *Plumbing* " in given["about.json"]
    assert b"#panic" not in given["main"]
    assert paper.course_list_pdf(whose=town.northfield, address="https://example.org/x").startswith(b"%PDF-")


def test_a_large_list_comes_in_parts(town, client, monkeypatch):
    monkeypatch.setattr("prospectus.views.course_list.COURSES_AT_ONCE", 1)
    monkeypatch.setattr("prospectus.exports.course_list.COURSES_AT_ONCE", 1)
    given = []
    monkeypatch.setattr(paper, "typeset", lambda files: given.append(files["about.json"].decode()) or b"%PDF-")

    assert "Part 1 (PDF) , Part 2 (PDF)" in text_of(client, town.northfield)
    for part in (1, 2):
        b"".join(client.get(address_of(town.northfield, ".pdf"), {"part": part}).streaming_content)

    assert ["Motor Vehicle" in text for text in given] == [True, False]
    assert ["Plumbing Level 2" in text for text in given] == [False, True]
    assert ["Part 1 of 2" in text for text in given] == [True, False]
    for wrong in ("0", "3", "x", "-1", "٢", "99999999"):
        assert client.get(address_of(town.northfield, ".pdf"), {"part": wrong}).status_code == 404


def test_the_pdf_is_set_once_until_something_changes_or_a_day_has_passed(town, client, monkeypatch, time_machine):
    made = []
    monkeypatch.setattr(paper, "typeset", lambda _files: made.append(1) or b"%PDF-")
    address = address_of(town.northfield, ".pdf")

    first = client.get(address)
    b"".join(first.streaming_content)
    b"".join(client.get(address).streaming_content)
    assert len(made) == 1
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    time_machine.move_to(dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC))
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    b"".join(again.streaming_content)
    assert len(made) == 2


def test_a_school_without_courses_of_its_own_has_no_list(town, client):
    provider = ProviderFactory(area=town.northmoor, is_provider=False)

    assert client.get(address_of(provider)).status_code == 404
    assert client.get("/areas/%00/course-list/").status_code == 404
