"""A desk without a system of its own: the list as a file, and answers by the same file, once."""

import csv
import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Receipt
from activity.models import Event
from applications import actions
from applications.exports.received import HEADINGS
from applications.imports.answers import BOUNDS, read_answers
from applications.models import BulkItem, BulkRun
from core import clock
from core.errors import NotAllowed
from providers.uploads import FileRefused
from tests.applications.walk import Town, again
from tests.prospectus.sheets import xlsx

LIST, TAKE = "applications:received", "applications:received-take"
HAND_OVER = "applications:received-by-file"


@pytest.fixture
def desk(client, town):
    client.force_login(town.admissions)
    return client


def taken(desk, **asked):
    """The list as a spreadsheet program shows it: a dictionary for each row."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    response = desk.post(f"{reverse(TAKE)}?{query}")
    told = b"".join(response.streaming_content)
    assert told.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(told.decode("utf-8-sig"))))


def written(rows, *, delimiter=",", encoding="utf-8-sig", above="", headings=HEADINGS):
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return (above + out.getvalue()).encode(encoding)


def handed_over(desk, content, name="list.csv"):
    return desk.post(reverse(HAND_OVER), {"file": SimpleUploadedFile(name, content)})


def decided(desk, rows):
    """Handed over and confirmed. Returns the page that says what came of it."""
    response = handed_over(desk, written(rows))
    assert response.status_code == 302, response.content
    page = desk.get(response.url).content.decode()
    return page, desk.post(response.url, follow=True).content.decode()


# Out


def test_the_list_is_what_was_sent_and_who_took_it_is_known(desk, town):
    choice = town.choice("sent")
    town.choice("sent", town.run("A level Biology", provider=town.southbank))
    (row,) = taken(desk)
    assert list(row) == HEADINGS
    assert (row["reference"], row["first name"], row["last name"]) == (choice.reference, "Amina", "Yusuf")
    assert (row["state"], row["courses"], row["sent on"]) == ("To look at", "Plumbing Level 2", "2026-11-18")
    assert (row["school"], row["date of birth"], row["decision"]) == ("Hollins Park School", "2011-03-31", "")
    receipt, event = Receipt.objects.get(), Event.objects.get(verb="list.take")
    assert (receipt.learner, receipt.reader, receipt.section) == (town.amina, town.admissions, "application")
    assert (event.by, event.facts) == (town.admissions, {"number": 1, "organisation": town.northfield.pk})


def test_only_what_the_filter_shows_is_taken(desk, town):
    town.choice("offered")
    sent = town.choice("sent", town.run("Joinery"), learner=town.ben)
    assert [row["reference"] for row in taken(desk, group="new")] == [sent.reference]
    assert Receipt.objects.get().learner == town.ben


def test_nobody_is_in_it_of_whom_it_is_not_written_down(desk, town):
    first = town.choice("sent")
    response = desk.post(reverse(TAKE))
    second = town.choice("sent", town.run("Joinery"), learner=town.ben)  # while the file is on its way
    told = b"".join(response.streaming_content).decode()
    assert (first.reference in told, second.reference in told) == (True, False)
    assert Receipt.objects.get().learner == town.amina


def test_a_search_that_is_forgotten_takes_nobody(desk, town):
    town.choice("sent")
    answer = desk.post(f"{reverse(TAKE)}?found=gone")
    assert answer.url == reverse(LIST)
    assert "Search again" in desk.get(answer.url).text
    assert not Event.objects.filter(verb="list.take").exists()


def test_a_cell_that_would_be_run_is_shown(desk, town):
    choice = town.draft()
    town.amina.given_name = "=HYPERLINK(1)"
    town.amina.save()
    actions.send_choice(choice=choice, by=town.amina.user)
    assert taken(desk)[0]["first name"] == "'=HYPERLINK(1)"


def test_the_list_asks_the_same_for_one_and_for_six(desk, town, django_assert_max_num_queries):
    town.choice("sent")
    with django_assert_max_num_queries(16):
        taken(desk)
    for number in range(5):
        town.choice("sent", town.run(f"Joinery {number}"), learner=town.learner("B", f"N{number}", school=town.hollins))
    with django_assert_max_num_queries(16):
        assert len(taken(desk)) == 6


def test_nobody_else_takes_it(client, town):
    town.choice("sent")
    for user in (town.amina.user, town.coordinator, town.adviser):
        client.force_login(user)
        assert client.post(reverse(TAKE)).status_code == 404
        assert client.get(reverse(HAND_OVER)).status_code == 404
    with pytest.raises(NotAllowed):
        actions.take_list(providers=[town.northfield], choices=[], by=town.other_admissions)
    client.force_login(town.other_admissions)
    assert taken(client) == []


# In


def test_each_row_is_its_own_answer(desk, town):
    people = [town.learner(name, "Tester", school=town.hollins) for name in ("Ada", "Bo", "Cy", "Di")]
    choices = [town.choice("sent", town.run(f"Course {one}"), learner=one) for one in people]
    rows = {row["reference"]: row for row in taken(desk)}
    offer, refuse, reserve, _none = (rows[choice.reference] for choice in choices)
    offer |= {"decision": "Offer", "condition 1": "Grade 4 in English", "answer by": "31/01/2027", "words": "Welcome"}
    refuse |= {"decision": "refuse", "reason": "full"}
    reserve |= {"decision": "Put on the reserve list"}

    page, done = decided(desk, rows.values())

    for words in ("Make 1 offer", "Refuse 1 application", "Put 1 learner on the reserve list", "Answer 3 applications"):
        assert words in page
    assert "3 applications are answered" in done
    assert [again(choice).status for choice in choices] == ["offered", "unsuccessful", "reserve_list", "sent"]
    standing = again(choices[0]).standing_offer
    assert (standing.answer_by_on, standing.message) == (dt.date(2027, 1, 31), "Welcome")
    assert [one.text for one in standing.conditions.all()] == ["Grade 4 in English"]
    assert Event.objects.get(verb="choice.offer").by == town.admissions
    assert not BulkItem.objects.exclude(said=None).exists(), "words stay with the answers alone"


def test_what_cannot_be_done_is_named_by_its_row_before_anything_happens(desk, town):
    first = town.choice("sent")
    over = town.choice("turned_down", town.run("Joinery"), learner=town.ben)
    theirs = town.choice("sent", town.run("A level Biology", provider=town.southbank))
    rows = {row["reference"]: row for row in taken(desk)}
    good, late = rows[first.reference] | {"decision": "reserve"}, rows[over.reference] | {"decision": "offer"}
    strange = good | {"reference": theirs.reference}
    file = [
        good, late, strange, good,
        good | {"decision": "perhaps"},
        good | {"decision": "refuse", "reason": "no idea"},
        good | {"decision": "refuse", "reason": "Something else"},
        good | {"decision": "offer", "answer by": "soon"},
        good | {"decision": "offer", "condition 2": "x" * 201},
        good | {"reference": "Amina Yusuf"},
    ]  # fmt: skip
    response = handed_over(desk, written(file))
    page = desk.get(response.url).content.decode()

    assert "Answer 1 application" in page
    assert "9 rows of the file are left out" in page
    assert BulkRun.objects.get().left_out[-1][:2] == [11, ""]
    for words in (
        "Row 3, ", "Row 4, ", "No application to you has this reference.", "It stands in row 2 already.",
        "The decision is none of", "Fill in a reason", "Say what the reason is", "Write it like 2027-01-31",
        "A condition is too long",
    ):  # fmt: skip
        assert words in page
    assert again(first).status == "sent"
    assert again(theirs).reference not in str(BulkItem.objects.values_list("choice__reference", flat=True))


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"delimiter": ";", "encoding": "cp1252"}, "semicolons.csv"),
        ({"delimiter": "\t", "encoding": "utf-16"}, "unicode.txt"),
        ({"delimiter": ";", "above": "sep=;\n", "encoding": "utf-8"}, "hint.csv"),
    ],
)
def test_as_spreadsheet_programs_write_it(desk, town, options, name):
    choice = town.choice("sent")
    rows = [row | {"decision": "offer", "words": "'=Zoë"} for row in taken(desk)]
    (row,) = read_answers(SimpleUploadedFile(name, written(rows, **options)))
    assert (row.line, row.reference, row.answers["message"]) == (2, choice.reference, "=Zoë")


def test_a_workbook_with_a_title_above_and_dates(desk, town):
    choice = town.choice("sent")
    (row,) = taken(desk)
    content = xlsx(
        [
            ["Our decisions"],
            [],
            ["Answer by", "DECISION", "Reference", "Version", "Notes of ours"],
            [None, None, None, None, "nothing decided"],
            [dt.date(2027, 2, 1), "offer", row["reference"], row["version"], "good"],
        ]
    )
    (read,) = read_answers(SimpleUploadedFile("decisions.xlsx", content))
    assert (read.line, read.reference, read.answers["answer_by_on"]) == (5, choice.reference, "2027-02-01")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose a file"),
        (b"%PDF-1.4", "This is a PDF"),
        (b"name,grade\nAmina,4\n", "has no columns"),
        (b"reference,version,decision\nABC,v1,\n", "There is no decision in this file"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(desk, town, content, sentence):
    town.choice("sent")
    response = handed_over(desk, content)
    assert response.status_code == 200
    told = response.content.decode()
    assert sentence in told or "There is nothing in this file" in told
    assert not BulkRun.objects.exists()


def test_nothing_of_a_broken_workbook_is_read():
    with pytest.raises(FileRefused):
        read_answers(SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken"))


def test_a_workbook_that_would_keep_a_page_waiting_is_refused(monkeypatch):
    heading = ["reference", "version", "decision"]
    wide = SimpleUploadedFile("wide.xlsx", xlsx([heading, *([None] * 30 for _ in range(3)), [None] * 59 + ["x"]]))
    assert read_answers(wide) == []
    monkeypatch.setattr("applications.imports.answers.BOUNDS", BOUNDS._replace(cells=1_000))
    with pytest.raises(FileRefused, match="far larger than a list of applications"):
        read_answers(wide)
    monkeypatch.setattr("applications.imports.answers.BOUNDS", BOUNDS._replace(unpacked=500))
    with pytest.raises(FileRefused, match="far larger than a list of applications"):
        read_answers(SimpleUploadedFile("long.xlsx", xlsx([heading])))


# Once


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_does_nothing_twice_and_stale_rows_are_left(client):
    town = Town()
    client.force_login(town.admissions)
    first, second = town.choice("sent"), town.choice("sent", town.run("Joinery"), learner=town.ben)
    rows = [row | {"decision": "offer"} for row in taken(client)]
    two_tabs = [handed_over(client, written(rows)).url for _tab in range(2)]
    # Between reading and confirming, a colleague interviews one of them.
    actions.invite_to_interview(
        choice=second, by=town.admissions, starts_at=clock.now() + dt.timedelta(days=7), place="Room 4"
    )
    pages = [client.post(url, follow=True).content.decode() for url in two_tabs]

    assert "1 application is answered" in pages[0]
    assert "It has changed since you took the list away." in pages[0]
    assert [again(one).status for one in (first, second)] == ["offered", "interviewing"]
    assert Event.objects.filter(verb="choice.offer").count() == 1
    third = client.get(handed_over(client, written(rows)).url).content.decode()
    assert "2 rows of the file are left out" in third
    assert "Answer 0" not in third


def test_what_nobody_confirmed_is_gone_after_a_week(desk, town):
    town.choice("sent")
    handed_over(desk, written([row | {"decision": "reserve"} for row in taken(desk)]))
    assert actions.drop_unconfirmed() == 0
    with clock.at(dt.date(2026, 11, 26)):
        assert actions.drop_unconfirmed() == 1
    assert not BulkItem.objects.exists()
