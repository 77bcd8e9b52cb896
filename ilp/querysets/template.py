from typing import Any

from django.db import models
from django.db.models import Exists, Q

from accounts.models import Supporter
from core.querysets import among
from ilp.querysets.plan import let_in, of_coordinators
from ilp.workflow import IN_PLAN, VersionState
from providers.models import Area, Organisation, StaffRole

# What of a plan a learner shares, by the kind of template.
SHARED_AS = {"section": "plan", "transition": "transition", "assessment": "assessment"}


class TemplateQuerySet(models.QuerySet):
    def kept_by(self, user: Any) -> "TemplateQuerySet":
        """Those this person builds: their school's as its coordinator; their area's, and its schools', as help desk."""
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        schools = Organisation.objects.coordinating_through(user)
        return self.filter(Q(school__in=schools.values("pk")) | Q(area__in=areas))

    def visible_to(self, user: Any) -> "TemplateQuerySet":
        """Those somebody builds; and for coordinators and the help desk what they can begin from: their area's, and
        what comes with the portal."""
        if not user.is_authenticated:
            return self.none()
        roles = StaffRole.objects.of(user, "help_desk", "coordinator")
        areas = Area.objects.filter(pk__in=roles.values("organisation__area"))
        return self.filter(
            Q(pk__in=self.model.objects.kept_by(user).values("pk"))
            | Q(school=None, area__in=areas.values("pk"))
            | Q(area=None) & Exists(roles)
        )

    def for_list(self) -> "TemplateQuerySet":
        return self.select_related("area", "school__area")


class TemplateVersionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "TemplateVersionQuerySet":
        """Every version of a template somebody builds; of the others what was published."""
        from ilp.models import Template

        kept = Template.objects.kept_by(user)
        seen = Template.objects.visible_to(user)
        is_out = Q(state__in=[VersionState.PUBLISHED, VersionState.REPLACED])
        return self.filter(Q(template__in=kept.values("pk")) | Q(template__in=seen.values("pk")) & is_out)

    def published(self) -> "TemplateVersionQuerySet":
        return self.filter(state=VersionState.PUBLISHED)

    def for_list(self) -> "TemplateVersionQuerySet":
        return self.select_related("template__area", "template__school__area")


class SectionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SectionQuerySet":
        """The sections of every version somebody sees as staff."""
        from ilp.models import TemplateVersion

        return self.filter(version__in=TemplateVersion.objects.visible_to(user).values("pk"))

    def for_list(self) -> "SectionQuerySet":
        return self.select_related("version__template__area", "version__template__school__area")


class QuestionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "QuestionQuerySet":
        """The questions of every version somebody sees as staff."""
        from ilp.models import Section

        return self.filter(section__in=Section.objects.visible_to(user).values("pk"))

    def for_list(self) -> "QuestionQuerySet":
        return self.select_related("section__version__template__area", "section__version__template__school__area")


class AnswerQuerySet(models.QuerySet):
    def of_plan(self, plan: Any, *, besides: Any = None) -> "AnswerQuerySet":
        """Every answer that stands in the plan, oldest first: a later one of the same key follows it. ``besides``: an
        entry whose answers count although it was taken out."""
        stands = Q(revision__entry__state__in=sorted(IN_PLAN)) | Q(revision__entry=besides)
        found = self.filter(stands, revision__entry__plan=plan)
        return found.select_related("question", "revision__entry").order_by("revision__at", "revision_id", "pk")


class SectionAskQuerySet(models.QuerySet):
    def open(self) -> "SectionAskQuerySet":
        """Whom the learner asks, as long as they are let in to what the section is part of."""
        is_shown = Q()
        for kind, section in SHARED_AS.items():
            is_shown |= Q(kind=kind, supporter__sections__contains=[section])
        return self.filter(is_shown, supporter__in=Supporter.objects.holding().values("pk"), ended_at=None)

    def visible_to(self, user: Any) -> "SectionAskQuerySet":
        """The learner's own; and to whom was asked, while they are let in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(plan__learner__user=user) | Q(pk__in=self.asked_of(user).values("pk")))

    def asked_of(self, user: Any) -> "SectionAskQuerySet":
        """Where this person is asked to write today."""
        return self.model.objects.open().filter(supporter__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "SectionAskQuerySet":
        return self.select_related("plan__learner__user", "supporter__user")


class ContributionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ContributionQuerySet":
        """In the learner's own plan; the coordinator of their roll; whoever is let in to what it is part of."""
        if not user.is_authenticated:
            return self.none()
        shown = Q(ask__plan__learner__user=user) | among("ask__plan__learner", of_coordinators(user).values("pk"))
        for kind, section in SHARED_AS.items():
            shown |= Q(ask__kind=kind, ask__plan__learner__in=let_in(user, section).values("pk"))
        return self.filter(shown)

    def for_list(self) -> "ContributionQuerySet":
        return self.select_related("ask", "by")
