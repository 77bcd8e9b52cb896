import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from providers import uploads, views  # noqa: F401 - the views must know the real kinds before a test changes them
from providers.models import Organisation, RoleKind
from providers.uploads import FileRefused, RowIssue, UploadKind, UploadResult
from tests.factories import AreaFactory, ProviderFactory, StaffRoleFactory, UserFactory


def paint(upload, progress):
    """The dullest kind: each line names an area to make; some lines are wrong in a way of their own."""
    lines = upload.file.read().decode().splitlines()
    issues = []
    for row, line in enumerate(lines, start=1):
        progress(done=row, of=len(lines), doing="Reading areas")
        if line == "refuse":
            raise FileRefused("This is not a list of areas. Export it again.")
        if line == "crash":
            raise ValueError(line)
        if line.startswith("="):
            issues.append(RowIssue(row, "Name", line, "AREA_NAME_FORMULA", "error", "This is a formula. Type a name."))
            continue
        AreaFactory(name=line)
        if line.islower():
            issues.append(RowIssue(row, "Name", line, "AREA_NAME_LOWER", "warning", "Names begin with a capital."))
    return UploadResult(counts={"areas": len(lines), "internal": 7}, issues=issues)


@pytest.fixture
def kind(monkeypatch, settings, tmp_path):
    """The only kind of upload there is: "areas", for editors, as text of up to 1 MB."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(uploads, "KINDS", {})
    for module in (
        "providers.actions.uploads",
        "providers.actions.checking",
        "providers.actions.undoing",
        "providers.policies",
        "providers.queries.uploads",
        "providers.views.uploads",
        "providers.views.undoing",
    ):
        monkeypatch.setattr(f"{module}.KINDS", uploads.KINDS)
    areas = UploadKind(
        name="areas",
        title="Areas",
        organisations_for=lambda user: Organisation.objects.editing_through(user),
        apply=paint,
        accepts=(".txt",),
        max_bytes=2**20,
        labels={"areas": "Areas in the file"},
    )
    uploads.register(areas)
    return areas


@pytest.fixture
def college():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(college):
    user = UserFactory(username="editor", name="Grace Hall")
    StaffRoleFactory(user=user, organisation=college, kind=RoleKind.EDITOR)
    return user


def text_file(content, name="areas.txt"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
