from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import FormView

from activity.progress import ProgressMixin
from core.errors import RuleBroken
from core.sheets import csv_response
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from providers import actions
from providers.forms import AbandonUploadForm, ConfirmUploadForm, UploadForm
from providers.models import MOST_FIXABLE, IssueSeverity, Upload, UploadChange
from providers.queries import (
    as_left,
    can_be_undone,
    changes_by_action,
    changes_by_thing,
    counts_shown,
    hands_over,
    in_words,
    issues_by_severity,
    last_published,
    lines_shown,
    uploadable_by,
    usual_mode,
)
from providers.uploads import ASKS, KINDS, UploadKind
from providers.workflow import ChangeAction, ReversalAction, UploadMode

ISSUES_PER_PAGE = 25
CHANGES_PER_PAGE = 50
CHANGES_AT_ONCE = 10  # on the page of the upload itself


def counted(kind: UploadKind, upload: Upload) -> list[tuple[str, int]]:
    counts = counts_shown(upload)
    return [(words, counts[name]) for name, words in kind.labels.items() if name in counts]


def undone_counts(upload: Upload) -> list[tuple[str, int]]:
    """What came of undoing it, in words; empty where it was not undone."""
    counts = upload.counts.get("undone", {})
    return [(action.label, counts[action]) for action in ReversalAction if action in counts]


class UploaderMixin(SignedInMixin):
    """People who may hand over some kind of file; for everybody else the pages do not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.uploadable = uploadable_by(request.user)
        if request.user.is_authenticated and not self.uploadable:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class UploadsView(UploaderMixin, VisibleListView):
    queryset = Upload.objects
    template_name = "providers/uploads.html"

    def get_queryset(self) -> Any:
        named = {one.reference: one for _kind, organisations in self.uploadable for one in organisations}
        self.organisations = sorted(named.values(), key=lambda one: one.name)
        self.asked = named.get(self.request.GET.get("organisation", ""))
        uploads = super().get_queryset()
        return uploads.filter(organisation=self.asked) if self.asked else uploads

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(kinds=[kind for kind, _ in self.uploadable], **kwargs)
        uploads = context["object_list"]
        undoable = last_published(uploads)
        return context | {
            "rows": [(each, KINDS[each.kind].title, each.pk in undoable) for each in uploads],
            "organisations": self.organisations if len(self.organisations) > 1 else [],
            "asked": self.asked,
        }


class NewUploadView(UploaderMixin, FormView):
    template_name = "providers/upload_new.html"
    form_class = UploadForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = [pair for pair in uploadable_by(request.user) if pair[0].name == kwargs["kind"]]
        if request.user.is_authenticated and not found:
            raise Http404
        self.kind, self.organisations = found[0] if found else (None, [])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind, "organisations": self.organisations}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"mode": usual_mode(self.kind, self.organisations)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kind=self.kind, organisations=self.organisations, **kwargs)

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            upload = actions.receive_upload(
                kind=self.kind.name,
                organisation=form.organisation_chosen,
                file=file,
                file_name=file.name,
                by=self.request.user,
                once=form.cleaned_data["once"],
                mode=form.cleaned_data.get("mode") or UploadMode.REPLACE,
            )
        except RuleBroken as rule:
            form.add_error("file", rule)
            return self.form_invalid(form)
        return redirect("providers:upload", upload.reference)


class UploadView(SignedInMixin, ProgressMixin, VisibleDetailView):
    queryset = Upload.objects
    template_name = "providers/upload.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload: Upload = self.object
        kind = KINDS[upload.kind]
        numbers = issues_by_severity(upload)
        severity = self.request.GET.get("severity", "")
        is_working = upload.job is not None and not upload.job.is_over  # then the page shows no changes
        first = [] if is_working else list(lines_shown(upload)[:CHANGES_AT_ONCE])
        if kind.read:
            kind.read(self.request.user, first)
        issues = upload.issues.filter(severity=severity) if severity in numbers else upload.issues.all()
        return super().get_context_data(
            kind=kind,
            hands_over=hands_over(self.request.user, kind),
            counts=counted(kind, upload),
            severities=[(name, IssueSeverity(name).label, number) for name, number in numbers.items() if number],
            severity=severity if severity in numbers else "",
            all_issues=sum(numbers.values()),
            changes=in_words(kind, first),
            all_changes=lines_shown(upload).count(),
            can_undo=can_be_undone(upload) and not upload.is_being_undone,
            undone=undone_counts(upload),
            can_mark=kind.mark is not None and upload.has_file and not upload.file_name.lower().endswith(".xml"),
            most_fixable=MOST_FIXABLE,
            fixed=upload.fixes.count() if kind.table else 0,
            news=kind.news(upload) if kind.news and upload.is_waiting else "",
            ask=kind.ask(upload) if kind.ask and upload.is_over and upload.has_file else "",
            page_obj=Paginator(issues, ISSUES_PER_PAGE).get_page(self.request.GET.get("page")),
            **kwargs,
        )


class UploadChangesView(SignedInMixin, VisibleDetailView):
    """Everything an upload would change or has changed, by action and by thing; of some kinds picked one by one."""

    queryset = Upload.objects
    template_name = "providers/upload_changes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload: Upload = self.object
        kind = KINDS[upload.kind]
        numbers, things = changes_by_action(upload), changes_by_thing(kind, upload)
        asked = self.request.GET
        only = filters(asked)
        page = Paginator(lines_shown(upload).filter(**only), CHANGES_PER_PAGE).get_page(asked.get("page"))
        if kind.read:
            kind.read(self.request.user, page.object_list)
        return super().get_context_data(
            kind=kind,
            actions=[(name, ChangeAction(name).label, number) for name, number in numbers.items() if number],
            action=only.get("action", ""),
            things=[(name, kind.things[name], number) for name, number in things.items()],
            thing=only.get("thing", ""),
            left=lines_shown(upload).filter(is_picked=False).count(),
            is_left="is_picked" in only,
            all_changes=sum(numbers.values()),
            can_pick=upload.is_waiting and any(asks(change) for change in page.object_list),
            can_pick_all=any(change.is_picked is not None for change in page.object_list),
            page_obj=page,
            changes=as_left(upload, kind, page.object_list),
            **kwargs,
        )


def filters(asked: Any) -> dict[str, Any]:
    """Which changes of an upload the query string asks for."""
    only: dict[str, Any] = {}
    if asked.get("action") in ChangeAction.values:
        only["action"] = asked["action"]
    if thing := asked.get("thing", "").replace("\0", ""):
        only["thing"] = thing
    if "left" in asked:
        only["is_picked"] = False
    return only


def asks(change: UploadChange) -> bool:
    """People pick it, or answer what it asks."""
    return change.is_picked is not None or bool(change.fields.get(ASKS))


class PickChangesView(SignedInMixin, View):
    """What was ticked on one page of changes, and what was not; or all that the list holds, taken over or left."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        upload = get_object_or_404(Upload.objects.visible_to(request.user).for_list(), reference=reference)
        try:
            actions.pick_changes(upload=upload, picks=self._picks(upload), by=request.user)
        except RuleBroken as rule:
            messages.error(request, rule.message)
        return redirect(f"{reverse('providers:upload-changes', args=[reference])}?{request.GET.urlencode()}")

    def _picks(self, upload: Upload) -> dict[str, bool | str]:
        """Only what was changed on the page: what stood otherwise when it was drawn, others may have changed since."""
        said = self.request.POST
        ticked, stood = set(said.getlist("picked")), set(said.getlist("stood"))
        shown, asked = (said.getlist(name)[:CHANGES_PER_PAGE] for name in ("shown", "asked"))
        picks: dict[str, bool | str] = {key: key in ticked for key in shown if (key in ticked) != (key in stood)}
        answers = {key: said.get(f"answer-{key}", "") for key in asked}
        picks |= {key: answer for key, answer in answers.items() if answer != said.get(f"stood-{key}", "")}
        if all_of_these := said.get("all"):
            listed = lines_shown(upload).filter(**filters(self.request.GET)).exclude(is_picked=None)
            picks |= {change.pick_key: all_of_these == "take" for change in listed}
        return picks


class DecideUploadView(ActionView):
    """Something to decide about a file that waits; where none waits any more, its page says what has become of it."""

    queryset = Upload.objects

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.thing.is_waiting else redirect(self.get_success_url())

    def get_success_url(self) -> str:
        return reverse("providers:upload", args=[self.thing.reference])


class ConfirmUploadView(DecideUploadView):
    form_class = ConfirmUploadForm
    template_name = "providers/upload_confirm.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_held": self.thing.is_held, "initial": {"seen": self.thing.digest}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = KINDS[self.thing.kind]
        return super().get_context_data(
            kind=kind, counts=counted(kind, self.thing), news=kind.news(self.thing) if kind.news else "", **kwargs
        )

    def act(self, answers: dict[str, Any]) -> Upload:
        return actions.confirm_upload(
            upload=self.thing,
            seen=answers["seen"],
            by=self.request.user,
            is_knowing=answers.get("is_knowing", False),
        )


class AbandonUploadView(DecideUploadView):
    form_class = AbandonUploadForm
    template_name = "providers/upload_abandon.html"
    done = _("The file was put aside. Nothing was changed.")

    def act(self, answers: dict[str, Any]) -> Upload:
        return actions.abandon_upload(upload=self.thing, by=self.request.user)


class UploadIssuesView(SignedInMixin, View):
    """Every issue of an upload as a file to work through."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        upload = get_object_or_404(Upload.objects.visible_to(request.user), reference=reference)
        return csv_response(
            f"issues-{upload.reference}.csv",
            ["Row", "Column", "Value", "What happened", "What is wrong and what to do", "Code"],
            (
                (issue.row or "", issue.column, issue.value, issue.get_severity_display(), issue.message, issue.code)
                for issue in upload.issues.iterator(chunk_size=1000)
            ),
        )
