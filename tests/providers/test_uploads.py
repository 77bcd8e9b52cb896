import hashlib
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from activity.actions import run_job
from activity.models import Event, Job
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.actions import read_now, receive_upload, uploads
from providers.models import Area, Upload
from providers.policies import UPLOAD_POLICY
from providers.uploads import FileRefused, RowIssue, UploadResult
from providers.workflow import UPLOAD_FLOW, UploadState
from tests.factories import ProviderFactory, StaffRoleFactory, UserFactory
from tests.providers.conftest import text_file
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def hand_over(kind, college, editor):
    def hand_over(content="Eastmoor\nwestmoor\n", name="areas.txt", **changed):
        given = {"kind": "areas", "organisation": college, "by": editor} | changed
        return receive_upload(file=text_file(content, name), file_name=name, **given)

    return hand_over


def done(upload):
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def areas():
    return set(Area.objects.values_list("name", flat=True)) - {"Northmoor"}


def stored():
    return [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_received_file_waits_for_a_worker_with_its_fingerprint_and_a_name_of_ours(hand_over, editor, college):
    upload = hand_over(name="C:\\My files\\areas.txt")
    assert (upload.state, upload.file_name, upload.file_size) == ("received", "areas.txt", 18)
    assert upload.file_sha256 == hashlib.sha256(b"Eastmoor\nwestmoor\n").hexdigest()
    assert "areas" not in Path(upload.file.name).name
    assert Path(upload.file.path).read_bytes() == b"Eastmoor\nwestmoor\n"
    assert (upload.job.kind, upload.job.payload) == ("upload", {"upload_id": upload.pk})
    assert areas() == set()


def test_the_job_publishes_the_file_with_its_counts_and_every_issue(hand_over):
    upload = done(hand_over("Eastmoor\nwestmoor\n=1+1\n"))
    assert (upload.state, upload.counts) == ("published", {"areas": 3, "internal": 7, "issues": 2})
    assert upload.ended_at is not None
    assert [(issue.row, issue.column, issue.value, issue.code, issue.severity) for issue in upload.issues.all()] == [
        (2, "Name", "westmoor", "AREA_NAME_LOWER", "warning"),
        (3, "Name", "=1+1", "AREA_NAME_FORMULA", "error"),
    ]
    assert areas() == {"Eastmoor", "westmoor"}
    upload.job.refresh_from_db()
    assert (upload.job.state, upload.job.percent, upload.job.done_steps) == ("done", 100, 3)


def test_a_refused_file_changes_nothing_and_says_why(hand_over):
    upload = done(hand_over("Eastmoor\nrefuse\n"))
    assert (upload.state, upload.refusal) == ("refused", "This is not a list of areas. Export it again.")
    assert (areas(), upload.issues.count(), upload.job.error) == (set(), 0, "")


def test_a_mistake_of_ours_ends_the_upload_too_so_that_the_next_file_can_come(hand_over):
    upload = done(hand_over("Eastmoor\ncrash\n"))
    assert upload.state == "refused"
    assert upload.refusal.startswith("Something went wrong on our side and nothing was changed.")
    assert areas() == set()
    assert done(hand_over("Eastmoor\n")).state == "published"


def test_issues_of_a_broken_file_fit_their_columns(kind, hand_over, monkeypatch):
    issue = RowIssue(1, "c" * 100, "\0" + "v" * 300, "X", "error", "m" * 400)
    uploads.KINDS["areas"] = kind._replace(apply=lambda upload, progress: UploadResult({}, [issue]))
    kept = done(hand_over()).issues.get()
    assert (len(kept.column), kept.value[:2], len(kept.value), len(kept.message)) == (80, "\ufffdv", 200, 300)


def test_issues_may_come_from_a_generator_and_what_it_raises_undoes_the_file(kind, hand_over):
    def issues():
        yield RowIssue(1, "", "", "X", "error", "m")
        raise FileRefused("The file stops in the middle.")

    uploads.KINDS["areas"] = kind._replace(apply=lambda upload, progress: UploadResult({}, issues()))
    upload = done(hand_over())
    assert (upload.state, upload.issues.count()) == ("refused", 0)


def test_history_says_who_handed_over_what_and_what_came_of_it(hand_over, editor, college):
    upload = done(hand_over())
    assert [(event.verb, event.by, event.facts) for event in Event.objects.order_by("pk")] == [
        ("upload.receive", editor, {"kind": "areas", "organisation": college.pk}),
        ("upload.publish", None, {"kind": "areas", "organisation": college.pk}),
    ]
    assert {event.subject for event in Event.objects.all()} == {f"providers.upload:{upload.pk}"}


@pytest.mark.parametrize(
    ("content", "name", "code", "sentence"),
    [
        (b"", "areas.txt", "upload_empty", "The file is empty. Choose the file that has your records in it."),
        (b"x" * (2**20 + 1), "areas.txt", "upload_too_big", "The file is 1.0\xa0MB. It must be 1.0\xa0MB or smaller."),
        (b"x", "areas.pdf", "upload_wrong_type", "Choose a file that ends in .txt."),
        (b"x", "areas", "upload_wrong_type", "Choose a file that ends in .txt."),
        (
            b"%PDF-1.7",
            "areas.txt",
            "upload_wrong_type",
            "The name ends in .txt, but the file inside is a PDF. Save or export it again as .txt.",
        ),
        (
            b"PK\x03\x04rest",
            "areas.txt",
            "upload_wrong_type",
            (
                "The name ends in .txt, but the file inside is an Excel workbook or another zipped file. "
                "Save or export it again as .txt."
            ),
        ),
        (
            b"a\0b\0\0cd",
            "areas.txt",
            "upload_wrong_type",
            "The name ends in .txt, but the file inside is not a text file. Save or export it again as .txt.",
        ),
    ],
)
def test_what_can_be_seen_at_the_door_is_refused_there(hand_over, content, name, code, sentence):
    with pytest.raises(RuleBroken) as refusal:
        hand_over(content, name)
    assert (refusal.value.code, refusal.value.message) == (code, sentence)
    assert (Upload.objects.count(), Job.objects.count(), stored()) == (0, 0, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
def test_text_in_any_usual_encoding_gets_through_the_door(hand_over, encoding):
    assert hand_over("Zoë's moor\n".encode(encoding)).state == "received"


def test_an_excel_file_must_be_one(kind, hand_over):
    uploads.KINDS["areas"] = kind._replace(accepts=(".xlsx", ".txt"))
    with pytest.raises(RuleBroken, match="something else"):
        hand_over("Eastmoor", "areas.xlsx")
    assert hand_over(b"PK\x03\x04rest", "areas.XLSX").state == "received"


def test_only_somebody_who_acts_for_the_organisation_may_hand_a_file_over(hand_over, college):
    other = UserFactory()
    StaffRoleFactory(user=other, organisation=ProviderFactory(), kind="editor")
    StaffRoleFactory(user=other, organisation=college, kind="admissions")
    with pytest.raises(NotAllowed):
        hand_over(by=other)


def test_a_second_file_waits_until_the_first_has_been_read(hand_over, college):
    first = hand_over("Eastmoor\n")
    with pytest.raises(RuleBroken) as refusal:
        hand_over("Westmoor\n")
    assert refusal.value.code == "upload_already_running"
    assert refusal.value.message == (
        "Another file for Northfield College is being read at the moment. "
        "Wait until it has finished, then upload this one."
    )
    assert len(stored()) == 1
    done(first)
    assert done(hand_over("Westmoor\n")).state == "published"


def test_the_same_form_sent_twice_is_one_upload(hand_over):
    first = done(hand_over(once="ACDEFGHJKM"))
    assert first.reference == "ACDEFGHJKM"
    assert hand_over(once="ACDEFGHJKM") == first


def test_a_made_up_mark_of_the_form_is_ignored(hand_over):
    assert hand_over(once="../../etc").reference != "../../etc"


def test_somebody_elses_reference_is_not_handed_out(hand_over, college):
    done(hand_over(once="ACDEFGHJKM"))
    other = UserFactory()
    StaffRoleFactory(user=other, organisation=college, kind="editor")
    with pytest.raises(RuleBroken):
        hand_over(once="ACDEFGHJKM", by=other)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_a_double_click_is_one_upload(self, hand_over):
        first, second = at_once(*[lambda: hand_over(once="ACDEFGHJKM")] * 2)
        assert first == second
        assert (Upload.objects.count(), Job.objects.count(), len(stored())) == (1, 1, 1)

    def test_the_same_file_from_two_tabs_is_one_upload(self, hand_over):
        first, second = at_once(*[lambda: hand_over()] * 2)
        assert first == second
        assert (Upload.objects.count(), len(stored())) == (1, 1)

    def test_of_two_different_files_one_waits(self, hand_over):
        results = at_once(lambda: hand_over("Eastmoor\n"), lambda: hand_over("Westmoor\n"))
        assert {type(result) for result in results} == {Upload, RuleBroken}
        assert (Upload.objects.count(), Job.objects.count()) == (1, 1)

    def test_progress_is_seen_while_the_file_is_read(self, kind, hand_over):
        import threading

        reading, seen = threading.Event(), threading.Event()

        def slow(upload, progress):
            progress(done=1, of=4, doing="Reading areas")
            reading.set()
            assert seen.wait(10)
            return UploadResult({})

        uploads.KINDS["areas"] = kind._replace(apply=slow)
        upload = hand_over()

        def watch():
            assert reading.wait(10)
            for _ in range(200):
                job = Job.objects.get(pk=upload.job_id)
                if job.done_steps:
                    break
                threading.Event().wait(0.05)
            seen.set()
            return job.words

        assert at_once(lambda: run_job(upload.job_id), watch) == [None, "Reading areas: 1 of 4"]


class TestCommands:
    @pytest.fixture
    def read(self, kind, college, tmp_path):
        def read(content):
            path = tmp_path / "list.txt"
            path.write_text(content, encoding="utf-8")
            return read_now(kind="areas", organisation=college, path=path)

        return read

    def test_the_same_pipeline_runs_without_a_worker(self, read):
        upload = read("Eastmoor\nwestmoor\n")
        assert (upload.state, upload.job, upload.by, upload.file_name) == ("published", None, None, "list.txt")
        assert upload.counts == {"areas": 2, "internal": 7, "issues": 1}
        assert areas() == {"Eastmoor", "westmoor"}

    def test_a_refused_file_raises_its_sentence_and_keeps_its_row(self, read):
        with pytest.raises(RuleBroken) as refusal:
            read("Eastmoor\nrefuse\n")
        assert refusal.value.code == "file_refused"
        assert refusal.value.message == "This is not a list of areas. Export it again."
        assert Upload.objects.get().refusal == refusal.value.message
        assert areas() == set()

    def test_a_mistake_of_ours_is_raised_and_leaves_nothing_open(self, read):
        with pytest.raises(ValueError, match="crash"):
            read("Eastmoor\ncrash\n")
        assert (areas(), Upload.objects.count()) == (set(), 0)

    def test_a_file_that_is_not_there_or_is_empty_gets_a_sentence(self, read, kind, college, tmp_path):
        with pytest.raises(RuleBroken, match=r"There is no file nowhere\.txt there\."):
            read_now(kind="areas", organisation=college, path=tmp_path / "nowhere.txt")
        with pytest.raises(RuleBroken, match="The file is empty"):
            read("")

    def test_it_waits_its_turn(self, read, hand_over):
        hand_over("Eastmoor\n")
        with pytest.raises(RuleBroken) as refusal:
            read("Westmoor\n")
        assert refusal.value.code == "upload_already_running"


def test_the_committed_diagram_is_the_table():
    path = Path(django_settings.BASE_DIR) / "docs/diagrams/upload.mmd"
    assert path.read_text(encoding="utf-8") == UPLOAD_FLOW.mermaid()


def test_an_upload_that_is_over_stays_as_it_is():
    for state in (UploadState.ABANDONED, UploadState.REFUSED, UploadState.UNDONE):
        for verb in UPLOAD_FLOW.moves:
            with pytest.raises(StaleState):
                UPLOAD_FLOW.target(state, verb)


def test_one_that_is_published_can_only_be_undone():
    assert UPLOAD_FLOW.verbs_from(UploadState.PUBLISHED) == ["ask_undo", "undo"]


def test_every_verb_has_a_rule():
    assert set(UPLOAD_POLICY.rules) == {"receive", *UPLOAD_FLOW.moves}
