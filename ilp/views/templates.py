"""An area or a school builds what it asks its learners."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import ListView, View

from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView
from ilp import actions
from ilp.forms import AnswerForm, QuestionForm, SectionForm, SeenForm
from ilp.models import Question, Section, Template, TemplateKind, TemplateVersion
from ilp.policies import TEMPLATE_POLICY, VERSION_POLICY
from ilp.queries import changes_of, sections_of, stamp_of, stamp_of_whole
from ilp.workflow import VersionState
from providers.models import Organisation
from providers.queries import role_kinds

BUILDERS = ("help_desk", "coordinator")
MOST_OPEN = 40  # questions on one page; of a longer template one section is open at a time
MOST_VERSIONS = 20  # in view, the others are folded


class BuilderMixin(SignedInMixin):
    """Coordinators of schools and help desks; for everybody else the page is not there."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint(BUILDERS):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class TemplatesView(BuilderMixin, ListView):
    """What somebody builds, and what they can begin."""

    template_name = "ilp/templates.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        versions = TemplateVersion.objects.filter(state__in=[VersionState.DRAFT, VersionState.PUBLISHED])
        found = Template.objects.kept_by(self.request.user).for_list().order_by("school__name", "pk")
        return found.prefetch_related(Prefetch("versions", queryset=versions, to_attr="live"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        owners = Organisation.objects.with_role(self.request.user, *BUILDERS).order_by("name")[:20]
        kept = set(self.get_queryset().order_by().values_list("kind", "school", "area"))
        begin = [
            (owner, owner.kind == "school", kind)
            for owner in owners
            for kind in TemplateKind
            if (kind, owner.pk if owner.kind == "school" else None, owner.area_id) not in kept
        ]
        return super().get_context_data(begin=begin, **kwargs)


class StartTemplateView(BuilderMixin, View):
    def post(self, request: HttpRequest, reference: str, kind: str) -> HttpResponse:
        owners = Organisation.objects.with_role(request.user, *BUILDERS).select_related("area")
        owner = get_object_or_404(owners, reference=reference)
        if kind not in TemplateKind.values:
            raise Http404
        school = owner if owner.kind == "school" else None
        version = actions.start_template(kind=kind, area=owner.area, school=school, by=request.user)
        return redirect("ilp:template", version.template.reference)


class TemplateView(BuilderMixin, VisibleDetailView):
    """One template: its draft to build, or what is in use; and the versions before."""

    queryset = Template.objects
    template_name = "ilp/template.html"
    context_object_name = "template"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        template, user = self.object, self.request.user
        versions = list(TemplateVersion.objects.visible_to(user).filter(template=template).for_list())
        draft = next((one for one in versions if one.state == VersionState.DRAFT), None)
        published = next((one for one in versions if one.state == VersionState.PUBLISHED), None)
        shown = draft or published
        asked = sections_of([shown]) if shown else []
        return super().get_context_data(
            draft=draft,
            published=published,
            shown=shown,
            versions=versions[:MOST_VERSIONS],
            older_versions=versions[MOST_VERSIONS:],
            asked=asked,
            is_folded=sum(len(one.questions) for one in asked) > MOST_OPEN,
            opened=self.request.GET.get("section", ""),
            can_begin=draft is None and TEMPLATE_POLICY.can(user, "begin", template),
            can_edit=draft is not None and VERSION_POLICY.can(user, "edit", draft),
            **kwargs,
        )


class BeginVersionView(BuilderMixin, View):
    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        template = get_object_or_404(Template.objects.visible_to(request.user), reference=reference)
        actions.begin_version(template=template, by=request.user)
        return redirect("ilp:template", reference)


class PreviewTemplateView(BuilderMixin, VisibleDetailView):
    """A version as a learner meets it, section by section. Nothing that is typed here goes anywhere."""

    queryset = TemplateVersion.objects
    template_name = "ilp/template_preview.html"
    context_object_name = "version"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = self.request.GET.get("year", "")
        year_group = int(year) if year in {str(one) for one in range(7, 14)} else None
        asked = listed = sections_of([self.object], year_group=year_group)
        if sum(len(one.questions) for one in asked) > MOST_OPEN:
            chosen = self.request.GET.get("section", asked[0].section.key)
            asked = [one for one in asked if one.section.key == chosen]
        forms = [(one, AnswerForm(questions=one.questions, answers={})) for one in asked]
        for _one, form in forms:
            form.submit = ""
            for name in ("draft", "seen", "asked_in"):
                del form.fields[name]
        return super().get_context_data(
            forms=forms, years=range(7, 14), year_group=year_group, listed=listed if listed != asked else [], **kwargs
        )


class VersionActionView(BuilderMixin, ActionView):
    """Something done with a version, or with a part of one."""

    queryset: Any = TemplateVersion.objects
    verb = "edit"

    def version(self) -> TemplateVersion:
        version: TemplateVersion = self.thing
        return version

    def require(self, user: Any) -> None:
        VERSION_POLICY.require(user, self.verb, self.version())

    def get_success_url(self) -> str:
        return reverse("ilp:template", args=[self.version().template.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(version=self.version(), **kwargs)


class SeenMixin:
    """The form carries how the thing stood when it was opened. Who is told that it stands otherwise keeps what they
    typed, sees how it stands now, and may mean it all the same."""

    thing: Any

    def stamp(self) -> str:
        return stamp_of_whole(self.thing)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"seen": self.stamp()}  # type: ignore[misc]

    def form_invalid(self, form: Any) -> HttpResponse:
        standing = []
        if form.has_error(NON_FIELD_ERRORS, "changed_meanwhile"):
            self.thing = type(self.thing).objects.for_list().get(pk=self.thing.pk)
            form.data = form.data.copy()
            form.data["seen"] = self.stamp()
            standing = form.standing(self.thing) if hasattr(form, "standing") else []
        context = self.get_context_data(form=form, standing=standing)  # type: ignore[attr-defined]
        return self.render_to_response(context)  # type: ignore[attr-defined,no-any-return]


class PublishVersionView(SeenMixin, VersionActionView):
    template_name = "ilp/version_publish.html"
    form_class = SeenForm
    verb = "publish"
    done = _l("Published. Learners are asked this from now on.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Publish it")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(changes=changes_of(self.thing), **kwargs)

    def act(self, answers: dict[str, Any]) -> TemplateVersion:
        return actions.publish_version(version=self.thing, by=self.request.user, seen=answers["seen"])


class DropVersionView(SeenMixin, VersionActionView):
    template_name = "ilp/version_drop.html"
    form_class = SeenForm
    verb = "drop"
    done = _l("The draft is gone. Learners are asked what they were.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Throw the draft away"), "submit_colour": "warning"}

    def get_success_url(self) -> str:
        return reverse("ilp:templates")

    def act(self, answers: dict[str, Any]) -> TemplateVersion:
        return actions.drop_version(version=self.thing, by=self.request.user, seen=answers["seen"])


class AddSectionView(VersionActionView):
    template_name = "ilp/section_form.html"
    form_class = SectionForm

    def get_initial(self) -> dict[str, Any]:
        return {"icon": "star"}

    def form_valid(self, form: SectionForm) -> HttpResponse:
        self.said = form.said()
        return super().form_valid(form)

    def act(self, _answers: dict[str, Any]) -> Section:
        return actions.add_section(version=self.thing, by=self.request.user, **self.said)


class SectionActionView(VersionActionView):
    queryset = Section.objects

    def version(self) -> TemplateVersion:
        version: TemplateVersion = self.thing.version
        return version

    def get_success_url(self) -> str:
        key = self.thing.section.key if isinstance(self.thing, Question) else self.thing.key
        return super().get_success_url() + f"?section={key}#{key}"


class ChangeSectionView(SeenMixin, SectionActionView):
    template_name = "ilp/section_form.html"
    form_class = SectionForm

    def stamp(self) -> str:
        return stamp_of(self.thing)

    def get_initial(self) -> dict[str, Any]:
        names = ("title", "help_text", "icon")
        years = [str(year) for year in self.thing.year_groups]
        return super().get_initial() | {name: getattr(self.thing, name) for name in names} | {"year_groups": years}

    def form_valid(self, form: SectionForm) -> HttpResponse:
        self.said = form.said()
        return super().form_valid(form)

    def act(self, answers: dict[str, Any]) -> Section:
        return actions.change_section(section=self.thing, by=self.request.user, seen=answers["seen"], **self.said)


class AddQuestionView(SectionActionView):
    template_name = "ilp/question_form.html"
    form_class = QuestionForm

    def form_valid(self, form: QuestionForm) -> HttpResponse:
        self.said = form.said()
        return super().form_valid(form)

    def act(self, _answers: dict[str, Any]) -> Question:
        return actions.add_question(section=self.thing, by=self.request.user, **self.said)


class QuestionActionView(SectionActionView):
    queryset = Question.objects

    def version(self) -> TemplateVersion:
        version: TemplateVersion = self.thing.section.version
        return version


class ChangeQuestionView(SeenMixin, QuestionActionView):
    template_name = "ilp/question_form.html"
    form_class = QuestionForm

    def stamp(self) -> str:
        return stamp_of(self.thing)

    def get_initial(self) -> dict[str, Any]:
        names = ("asked", "help_text", "kind", "is_required")
        return (
            super().get_initial()
            | {name: getattr(self.thing, name) for name in names}
            | {
                "options": "\n".join(self.thing.options),
                "year_groups": [str(year) for year in self.thing.year_groups],
            }
        )

    def form_valid(self, form: QuestionForm) -> HttpResponse:
        self.said = form.said()
        return super().form_valid(form)

    def act(self, answers: dict[str, Any]) -> Question:
        return actions.change_question(question=self.thing, by=self.request.user, seen=answers["seen"], **self.said)


class TakeOutSectionView(SeenMixin, SectionActionView):
    template_name = "ilp/part_take_out.html"
    form_class = SeenForm
    done = _l("Taken out of the draft.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Take it out"), "submit_colour": "warning"}

    def get_success_url(self) -> str:
        return reverse("ilp:template", args=[self.version().template.reference])

    def act(self, answers: dict[str, Any]) -> None:
        actions.take_out_section(section=self.thing, by=self.request.user, seen=answers["seen"])


class TakeOutQuestionView(SeenMixin, QuestionActionView):
    template_name = "ilp/part_take_out.html"
    form_class = SeenForm
    done = _l("Taken out of the draft.")

    def stamp(self) -> str:
        return stamp_of(self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Take it out"), "submit_colour": "warning"}

    def get_success_url(self) -> str:
        return reverse("ilp:template", args=[self.version().template.reference])

    def act(self, answers: dict[str, Any]) -> None:
        actions.take_out_question(question=self.thing, by=self.request.user, seen=answers["seen"])


class MoveMixin:
    """Up or down by one, with a button."""

    form_class = ConfirmForm
    http_method_names = ["post"]
    kwargs: dict[str, Any]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": ""}  # type: ignore[misc]

    def is_up(self) -> bool:
        return bool(self.kwargs["way"] == "up")

    def form_invalid(self, form: Any) -> HttpResponse:
        """There is no form to show the rule on; the page says it."""
        messages.error(self.request, " ".join(form.non_field_errors()))  # type: ignore[attr-defined]
        return redirect(self.get_success_url())  # type: ignore[attr-defined]


class MoveSectionView(MoveMixin, SectionActionView):
    def act(self, _answers: dict[str, Any]) -> None:
        actions.move_section(section=self.thing, is_up=self.is_up(), by=self.request.user)


class MoveQuestionView(MoveMixin, QuestionActionView):
    def act(self, _answers: dict[str, Any]) -> None:
        actions.move_question(question=self.thing, is_up=self.is_up(), by=self.request.user)
