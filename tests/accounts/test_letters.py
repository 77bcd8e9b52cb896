"""Letters: asked for, printed in one transaction, fetched once."""

import datetime as dt
import io
import re

import pypdf
import pytest
from django.core.exceptions import ValidationError

from accounts import actions
from accounts.actions import letters
from accounts.actions.codes import code_hash, read_code
from accounts.models import LetterForm, LetterRun, UnlockCode
from accounts.tasks import nightly
from activity.actions import run_job
from activity.models import Event, JobState
from core.errors import NotAllowed, RuleBroken
from tests.accounts.conftest import ADDRESS, BORN, code_for
from tests.factories import LearnerContactFactory, LearnerFactory, RollEntryFactory, SchoolFactory, UserFactory
from tests.races import at_once


def request(school, coordinator, **group):
    return actions.request_letters(
        school=school, address=ADDRESS, by=coordinator, **({"year_group": None, "tutor_group": ""} | group)
    )


def printed(school, coordinator, **group):
    letter_run = request(school, coordinator, **group)
    run_job(letter_run.job_id)
    letter_run.refresh_from_db()
    assert (letter_run.job.state, letter_run.job.error) == (JobState.DONE, "")
    return letter_run


def pages(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def codes_in(pdf):
    return [read_code(re.search(r"\b(\w{4}-\w{4}-\w{4})\b", page)[1]) for page in pages(pdf)]


def test_each_learner_gets_one_page_with_a_code_that_unlocks_their_record(school, coordinator, amina, ben):
    letter_run = printed(school, coordinator)
    assert (letter_run.letter_count, letter_run.expires_at - letter_run.created_at > dt.timedelta(days=6)) == (2, True)
    first, second = pages(letter_run.pdf)
    assert ("Amina Yusuf" in first, "Ben Okafor" in second) == (True, True)  # by tutor group: 11A before 11B
    for words in ("Hollins Park School", "11A", "next-step.example/unlock"):
        assert words in first
    for code, learner in zip(codes_in(letter_run.pdf), (amina, ben), strict=True):
        found = actions.check_code(code=code, birth_on=BORN, address_hash="x")
        assert (found.learner, found.letter_run, found.expires_on) == (learner, letter_run, dt.date(2027, 3, 18))


def test_the_pdf_is_accessible_and_carries_the_square_code(school, coordinator, amina):
    reader = pypdf.PdfReader(io.BytesIO(printed(school, coordinator).pdf))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert reader.metadata.title == "Unlock letters, Hollins Park School"
    assert b"pdfuaid:part>1<" in catalogue["/Metadata"].get_data()
    assert any(alt.startswith("Square code for phones") for alt in _alternatives(catalogue["/StructTreeRoot"]))


def _alternatives(node, depth=0):
    """Every alternative text in the structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from _alternatives(child, depth)
    elif isinstance(node, dict) and depth < 40:
        if "/Alt" in node:
            yield str(node["/Alt"])
        if "/K" in node:
            yield from _alternatives(node["/K"], depth + 1)


@pytest.mark.parametrize(
    "name", ["Łukasz", "Zoë", "O'Neill", "#strong[x]", '"] #panic() [', "$x$ *b* _i_ \\ `c`", "@label <b>", "Nguyễn"]
)
def test_names_are_set_as_they_are_and_never_as_markup(name):
    pdf = letters.letters_pdf(
        school="St Brannoc's School",
        address=ADDRESS,
        letters=[{"name": f"{name} Yusuf", "known_as": name, "group": "11A", "code": "ACDE-FGHJ-KMNP"}],
    )
    (page,) = pages(pdf)
    plain = re.sub(r"\s", "", page).replace("\u2019", "'")
    assert re.sub(r"\s", "", f"{name} Yusuf") in plain
    assert re.sub(r"\s", "", f"Dear {name},") in plain


@pytest.mark.parametrize("sign", ["李", "\x01"])
def test_a_sign_the_fonts_lack_does_not_stop_the_other_letters(sign):
    one = {"name": f"{sign} Wei", "known_as": sign, "group": "11A", "code": "ACDE-FGHJ-KMNP"}
    (page,) = pages(letters.letters_pdf(school="S", address=ADDRESS, letters=[one]))
    assert "? Wei" in page


def test_letters_for_one_group_leave_the_others_alone(school, coordinator, amina, ben):
    letter_run = printed(school, coordinator, year_group=11, tutor_group="11B")
    assert letter_run.letter_count == 1
    assert list(UnlockCode.objects.values_list("learner", flat=True)) == [ben.pk]


def test_those_who_unlocked_or_left_get_no_letter(school, coordinator, amina, ben):
    amina.user = UserFactory()
    amina.save()
    ben.roll_entries.update(ended_on=dt.date(2026, 11, 18))
    with pytest.raises(RuleBroken) as refusal:
        request(school, coordinator)
    assert refusal.value.code == "letters_nobody"


def test_printing_again_ends_the_codes_of_the_first_letters(school, coordinator, amina):
    (old,) = codes_in(printed(school, coordinator).pdf)
    (new,) = codes_in(printed(school, coordinator).pdf)
    assert actions.check_code(code=new, birth_on=BORN, address_hash="x").learner == amina
    with pytest.raises(RuleBroken) as refusal:
        actions.check_code(code=old, birth_on=BORN, address_hash="x")
    assert refusal.value.code == "code_ended"


def test_a_job_stopped_in_the_middle_leaves_the_old_letters_working(school, coordinator, amina, monkeypatch):
    code, _ = code_for(amina)
    letter_run = request(school, coordinator)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(letters, "record", killed)  # the last thing the action does
        with pytest.raises(KeyboardInterrupt):
            run_job(letter_run.job_id)
    letter_run.refresh_from_db()
    assert (letter_run.pdf, letter_run.letter_count) == (None, None)
    assert UnlockCode.objects.get().code_hash == code_hash(code)
    assert actions.check_code(code=code, birth_on=BORN, address_hash="x").learner == amina


def test_printing_twice_is_printing_once(school, coordinator, amina):
    letter_run = printed(school, coordinator)
    again = actions.print_letters(letter_run=letter_run, address=ADDRESS)
    assert bytes(again.pdf) == bytes(letter_run.pdf)
    assert UnlockCode.objects.count() == 1


def test_everyone_may_have_unlocked_by_the_time_the_job_runs(school, coordinator, amina):
    letter_run = request(school, coordinator)
    amina.user = UserFactory()
    amina.save()
    run_job(letter_run.job_id)
    letter_run.job.refresh_from_db()
    assert (letter_run.job.state, letter_run.job.error) == (JobState.FAILED, letters.NOBODY_LEFT)


def test_only_the_coordinator_of_the_school_asks_for_letters(school, amina, coordinator):
    with pytest.raises(NotAllowed):
        request(school, UserFactory())
    other = SchoolFactory()
    with pytest.raises(NotAllowed):
        request(other, coordinator)


def test_a_second_click_while_letters_are_printed_is_refused(school, coordinator, amina):
    request(school, coordinator)
    with pytest.raises(RuleBroken) as refusal:
        request(school, coordinator)
    assert refusal.value.code == "letters_running"


# --- forms of letters


def test_letters_to_homes_are_sorted_for_posting_and_those_without_an_address_are_named(school, coordinator):
    for name, address, postcode in [
        ("Zoë", "2 Park Lane, Northmoor", "HX2 1AA"),
        ("Ben", "1 High Street, Flat 2, The Mews, Little Northmoor, Northmoor, West County", "HX1 1AA"),
        ("Amina", "", ""),
    ]:
        learner = LearnerFactory(user=None, given_name=name, family_name="Reed", area=school.area)
        RollEntryFactory(learner=learner, school=school)
        LearnerContactFactory(learner=learner, address=address, postcode=postcode)
    letter_run = printed(school, coordinator, form=LetterForm.HOME)
    assert (letter_run.letter_count, letter_run.left_out_count) == (2, 1)
    first, second, third = pages(letter_run.pdf)
    assert ("no address" in first, "Amina Reed, 11A" in first, "Amina" in second + third) == (True, True, False)
    lines = [line.strip() for line in second.splitlines()]
    at = lines.index("Ben Reed")
    assert lines[at + 1 : at + 6] == [
        "1 High Street",
        "Flat 2",
        "The Mews",
        "Little Northmoor, Northmoor, West County",
        "HX1 1AA",
    ]
    assert "Zoë Reed\n2 Park Lane" in third
    assert UnlockCode.objects.filter(learner__given_name="Amina").count() == 0


def test_without_any_address_no_letters_to_homes_are_printed(school, coordinator, amina):
    with pytest.raises(RuleBroken) as refusal:
        request(school, coordinator, form=LetterForm.HOME)
    assert refusal.value.code == "letters_no_address"


def test_cards_come_ten_to_a_page_by_tutor_group_with_the_names_to_tick(school, coordinator, ben):
    for number in range(11):
        RollEntryFactory(learner=LearnerFactory(user=None, family_name=f"Reed{number}"), school=school)
    letter_run = printed(school, coordinator, form=LetterForm.CARD, has_covers=True)
    found = pages(letter_run.pdf)
    assert [page.count("Your unlock code:") for page in found] == [0, 10, 1, 0, 1]  # 11A: cover, 11; 11B: cover, 1
    assert ("Letters for 11A" in found[0], "Letters for 11B" in found[3], "Ben Okafor" in found[3]) == (True,) * 3
    printed_codes = re.findall(r"\b(\w{4}-\w{4}-\w{4})\b", "".join(found))
    assert len({read_code(code) for code in printed_codes}) == 12 == UnlockCode.objects.open().count()
    assert b"pdfuaid:part>1<" in pypdf.PdfReader(io.BytesIO(letter_run.pdf)).trailer["/Root"]["/Metadata"].get_data()


def test_each_letter_has_the_sheets_for_parents_in_the_languages_asked_for(school, coordinator, amina, ben):
    letter_run = printed(
        school, coordinator, has_covers=True, parents_languages=["en", "pl"], parents_address=ADDRESS + "parents/"
    )
    found = pages(letter_run.pdf)
    kinds = ["Unlock your record" in page or "Dla rodziców i opiekunów" in page for page in found]
    assert kinds == [False, True, False, True, False, True, False, True]  # cover, letter, English, Polish; twice
    assert "next-step.example/unlock/parents/" in found[1].replace("\n", "")
    reader = pypdf.PdfReader(io.BytesIO(letter_run.pdf))
    assert any("Kod kwadratowy" in alt for alt in _alternatives(reader.trailer["/Root"]["/StructTreeRoot"]))


def test_one_learner_can_have_a_letter_of_their_own(school, coordinator, amina, ben):
    letter_run = printed(school, coordinator, learner=ben)
    assert list(UnlockCode.objects.values_list("learner", "letter_run")) == [(ben.pk, letter_run.pk)]


def test_printing_for_those_who_miss_one_leaves_fetched_letters_alone(school, coordinator, amina, ben):
    first = printed(school, coordinator, year_group=11, tutor_group="11A")
    missing = printed(school, coordinator, only_missing=True)
    assert missing.letter_count == 2  # nobody fetched Amina's
    actions.fetch_letters(letter_run=missing, by=coordinator)
    with pytest.raises(RuleBroken) as refusal:
        request(school, coordinator, only_missing=True)
    assert (refusal.value.code, refusal.value.message) == ("letters_nobody", letters.NOBODY_MISSING)
    assert first.unlock_codes.open().count() == 0


# --- fetching


def refusal_of_fetch(letter_run, by):
    with pytest.raises(ValidationError) as refusal:
        actions.fetch_letters(letter_run=letter_run, by=by)
    return refusal.value.code


def test_the_pdf_is_handed_over_once_and_then_gone(school, coordinator, amina):
    letter_run = printed(school, coordinator)
    pdf = actions.fetch_letters(letter_run=letter_run, by=coordinator)
    assert pdf.startswith(b"%PDF")
    letter_run.refresh_from_db()
    assert (letter_run.pdf, letter_run.fetched_at is not None) == (None, True)
    assert refusal_of_fetch(letter_run, coordinator) == "letters_fetched"
    assert list(Event.objects.filter(verb__startswith="letters.").order_by("pk").values_list("verb", "facts")) == [
        ("letters.request", {}),
        ("letters.print", {"letters": 1}),
        ("letters.fetch", {}),
    ]


def test_letters_that_are_not_ready_or_too_old_are_not_handed_over(school, coordinator, amina, school_day):
    letter_run = request(school, coordinator)
    assert refusal_of_fetch(letter_run, coordinator) == "letters_not_ready"
    run_job(letter_run.job_id)
    school_day.shift(LetterRun.KEPT_FOR + dt.timedelta(minutes=1))
    assert refusal_of_fetch(letter_run, coordinator) == "letters_expired"
    nightly()
    letter_run.refresh_from_db()
    assert letter_run.pdf is None
    assert refusal_of_fetch(letter_run, coordinator) == "letters_expired"


def test_another_schools_coordinator_gets_nothing(school, coordinator, amina):
    letter_run = printed(school, coordinator)
    with pytest.raises(NotAllowed):
        actions.fetch_letters(letter_run=letter_run, by=UserFactory())


@pytest.mark.django_db(transaction=True)
def test_two_downloads_at_once_are_one_download():
    from providers.models import RoleKind
    from tests.factories import StaffRoleFactory

    coordinator = StaffRoleFactory(organisation=SchoolFactory(), kind=RoleKind.COORDINATOR)
    RollEntryFactory(learner=LearnerFactory(user=None), school=coordinator.organisation)
    letter_run = request(coordinator.organisation, coordinator.user)
    run_job(letter_run.job_id)
    answers = at_once(*[lambda: actions.fetch_letters(letter_run=letter_run, by=coordinator.user)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["RuleBroken", "bytes"]


@pytest.mark.slow
def test_two_thousand_letters_are_printed_in_one_job(school, coordinator):
    people = LearnerFactory.build_batch(2000, user=None, area=school.area, given_name="Łukasz")
    from accounts.models import Learner, RollEntry

    Learner.objects.bulk_create(people)
    RollEntry.objects.bulk_create(
        RollEntry(learner=one, school=school, year_group=11, tutor_group="11A") for one in people
    )
    letter_run = printed(school, coordinator)
    assert (letter_run.letter_count, UnlockCode.objects.open().count()) == (2000, 2000)
