"""The form on paper: empty for everybody, filled in for whoever may read it, and readable by another program."""

import datetime as dt
import io

from django.urls import reverse
from pypdf import PdfReader

from accounts.models import LearnerContact, Receipt
from applications import actions
from applications.exports.paper_form import of_application, paper_form_pdf
from core import clock
from tests.applications.test_written import planned


def read(content):
    return PdfReader(io.BytesIO(content))


def words_of(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return " ".join(" ".join(page.extract_text() for page in read(response.content).pages).split())


def of_cycle(cycle):
    return reverse("applications:how-it-works-pdf", args=[cycle.area.slug, cycle.entry_year, cycle.phase])


def test_anybody_prints_the_empty_form_of_an_area_until_its_year_is_over(town, client):
    choice = town.draft()
    said = {"kind": "short", "words": "When could you come?", "by": town.admissions}
    actions.ask_question(provider=town.northfield, cycle=town.cycle, **said)
    page = client.get(reverse("applications:how-it-works", args=[town.area.slug, 2027, "post_16"]))
    assert of_cycle(town.cycle) in page.text
    answer = client.get(of_cycle(town.cycle))
    words, reader = words_of(answer), read(answer.content)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata.title == f"Application form for September 2027, {town.area}"
    for part in ("About you", "How to reach you", "Grades you have or expect", "Your statement", "Your signature"):
        assert part in words
    assert "You may have 5 choices under way at once." in words
    assert "Enter it within 90 days of the signature." in words
    # What one provider asks is not on a form for all, and nobody's words are on an empty one.
    for nowhere in ("When could you come?", "Amina", str(choice.programme)):
        assert nowhere not in words
    assert client.get(of_cycle(town.cycle)).content == answer.content
    town.cycle.choice_limit = 1
    town.cycle.save()
    assert "You may have 1 choice under way." in words_of(client.get(of_cycle(town.cycle)))
    with clock.at(town.cycle.ends_on + dt.timedelta(days=1)):
        assert client.get(of_cycle(town.cycle)).status_code == 404


def test_the_learner_prints_what_is_written_as_words_and_never_as_markup(town, client):
    choice = town.draft()
    application = choice.application
    seen = application.marks.get(section="help").number
    said = {"needs": "#let x = 1 \U0001f6b2", "seen": seen, "is_done": True}
    actions.write_needs(application=application, by=town.amina.user, **said)
    planned(town, title="Mending bicycles")
    client.force_login(town.amina.user)
    pdf_url = reverse("applications:profile-pdf", args=[application.reference])
    for name in ("profile", "profile-print"):
        assert pdf_url in client.get(reverse(f"applications:{name}", args=[application.reference])).text
    answer = client.get(pdf_url)
    assert answer["Cache-Control"] == "no-store, private"
    words = words_of(answer)
    for said in (
        "Amina Yusuf",
        "Hollins Park School, Year 11",
        "amina@example.org",
        "I take things apart and put them back together.",
        "#let x = 1",
        "English",
        "Mending bicycles",
        "Plumbing Level 2",
        "Northfield College",
        "Printed on 18 November 2026",
    ):
        assert said in words, said
    empty = words_of(client.get(pdf_url, {"empty": "1"}))
    assert "Amina" not in empty


def test_an_adult_prints_a_form_to_sign_with_the_name_and_nothing_that_was_written(town, client):
    town.draft()
    client.force_login(town.adviser)
    assist = client.get(reverse("applications:assist", args=[town.amina.reference]))
    pdf_url = reverse("applications:assist-pdf", args=[town.amina.reference])
    assert pdf_url in assist.text
    assert of_cycle(town.cycle) in assist.text
    Receipt.objects.all().delete()
    words = words_of(client.get(pdf_url))
    assert "Amina Yusuf" in words
    assert "amina@example.org" in words
    for unsaid in ("I take things apart", "Plumbing", "English"):
        assert unsaid not in words
    receipts = Receipt.objects.filter(learner=town.amina, reader=town.adviser)
    assert set(receipts.values_list("section", flat=True)) == {"record", "contact"}


def test_a_name_no_letter_can_be_drawn_for_still_makes_a_form(town):
    LearnerContact.objects.filter(learner=town.amina).update(address="1 Mill Lane\u202e\n" + "x" * 300)
    application = town.draft().application
    paper = of_application(application, contact=town.amina.contact, reads_plan=False, choices=())
    long = paper._replace(statement="word " * 900, grades=tuple(("Art", "GCSE", "4", "expected") for _ in range(40)))
    pages = read(paper_form_pdf(cycle=town.cycle, paper=long)).pages
    assert 4 <= len(pages) <= 7
