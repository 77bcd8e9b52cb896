"""What ``./portal bench load`` concludes: a click that the database lost, made twice or nobody made is found."""

import json
from collections import Counter

import pytest

from config.bench.crowd.clicks import Click, State, read_clicks, reconcile
from config.bench.crowd.pages import Page, filled, kind_of
from config.bench.load import percentile

SENT = ("choice.send", "amina", "CHOICE1")
ACCEPTED = ("choice.accept", "amina", "CHOICE1")
BEFORE = State(Counter(), {("statement", "FORM1"): "before"})


def after(*happened, words="before", together=(), application_of=None):
    return State(Counter(happened), {("statement", "FORM1"): words}, list(together), application_of or {})


def test_a_click_that_is_there_once_is_neither_lost_nor_strange():
    found = reconcile([Click(SENT, "done")], before=BEFORE, after=after(SENT))
    assert found == ([], [])


def test_a_click_that_was_answered_and_is_not_there_is_lost():
    assert reconcile([Click(SENT, "done")], before=BEFORE, after=after()).lost == [SENT]


def test_one_click_that_is_there_twice_is_there_once_without_a_click():
    assert reconcile([Click(SENT, "done")], before=BEFORE, after=after(SENT, SENT)).without_click == [SENT]


@pytest.mark.parametrize(("answer", "strange"), [("refused", [SENT]), ("", [])])
def test_what_was_refused_must_not_be_there_and_what_was_not_answered_may_be(answer, strange):
    found = reconcile([Click(SENT, answer)], before=BEFORE, after=after(SENT))
    assert (found.lost, found.without_click) == ([], strange)
    assert reconcile([Click(SENT, answer)], before=BEFORE, after=after()).lost == []


def test_what_an_acceptance_turns_down_needs_no_click_of_its_own_but_only_in_that_application():
    turned_down, others = ("choice.turn_down", "amina", "CHOICE2"), ("choice.turn_down", "amina", "CHOICE3")
    of = {"CHOICE1": "FORM1", "CHOICE2": "FORM1", "CHOICE3": "FORM9"}
    state = after(ACCEPTED, turned_down, others, application_of=of)
    assert reconcile([Click(ACCEPTED, "done")], before=BEFORE, after=state).without_click == [others]


@pytest.mark.parametrize(("stands", "lost"), [("second", []), ("first", [("statement", "FORM1")])])
def test_the_words_that_were_kept_last_are_what_stands(stands, lost):
    clicks = [
        Click(("draft.keep", "amina", "DRAFT"), "done", {("statement", "FORM1"): words})
        for words in ("first", "second")
    ]
    assert reconcile(clicks, before=BEFORE, after=after(words=stands)).lost == lost


def test_words_that_changed_without_a_click_are_found():
    assert reconcile([], before=BEFORE, after=after(words="another's")).without_click == [("statement", "FORM1")]


@pytest.mark.parametrize(
    ("state", "happened", "lost"),
    [
        ("done", [("choice.offer", "joan", "CHOICE1")], []),
        ("done", [], [("choice.offer", "joan", "CHOICE1")]),
        ("left", [], []),
        ("waiting", [], [("bulk item", "RUN")]),
    ],
)
def test_each_choice_answered_together_is_answered_once_and_none_is_forgotten(state, happened, lost):
    confirmed = ("bulk.confirm", "joan", "RUN")
    state = after(confirmed, *happened, together=[("RUN", "choice.offer", "joan", "CHOICE1", state)])
    assert reconcile([Click(confirmed, "done")], before=BEFORE, after=state) == (lost, [])


def test_the_log_says_what_was_asked_and_how_it_was_answered(tmp_path):
    log = tmp_path / "log"
    asked = {"what": "asked", "at": 1.0, "number": 1, "meaning": SENT, "stands": [["statement", "FORM1", "words"]]}
    said = [asked, asked | {"number": 2}, {"what": "answered", "at": 2.0, "number": 2, "answer": "refused"}]
    log.write_text("\n".join(json.dumps(line) for line in said))
    stands = {("statement", "FORM1"): "words"}
    assert list(read_clicks(log)) == [Click(SENT, "refused", stands), Click(SENT, "", stands)]


PAGE = """
<?xml version="1.0"?><html><head><link rel="stylesheet" href="/static/a.css"></head><body>
<a href="/my-application/choices/ACDEFGHJKM/#top">One</a><a href="/elsewhere/">No</a>
<form method="post"><input type="hidden" name="seen" value="3"><textarea name="statement">old</textarea>
<input type="checkbox" name="is_done" value="1"></form></body></html>
"""


def test_a_page_says_where_it_leads_and_what_its_form_says():
    page = Page(PAGE)
    assert page.links("/my-application/choices/[^/]+/") == ["/my-application/choices/ACDEFGHJKM/"]
    assert page.files == ["/static/a.css"]
    action, values = page.form("", having="statement")
    assert (action, filled(values, statement="new")) == ("", [("seen", "3"), ("statement", "new")])
    assert page.form("/elsewhere/") is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/my-application/choices/ACDEFGHJKM/send/?a=b", "/my-application/choices/…/send/"),
        ("/courses/ACDEFGHJKM/plumbing-level-2/", "/courses/…/"),
        ("/static/js/portal.0123456789ab.js", "/static/…"),
    ],
)
def test_pages_of_one_kind_are_counted_together(address, kind):
    assert kind_of(address) == kind


def test_a_percentile_is_a_time_that_was_measured():
    assert [percentile([5.0, 1.0, 3.0, 2.0, 4.0], percent) for percent in (50, 95, 99)] == [3.0, 5.0, 5.0]
