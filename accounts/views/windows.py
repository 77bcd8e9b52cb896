"""How far a school has got with unlocking, on which days it unlocks, and wrong tries."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts import actions
from accounts.forms import WindowForm
from accounts.models import UnlockWindow
from accounts.queries import (
    codes_nobody_has,
    failures_by_hour,
    guessing_told,
    opening_of,
    schools_watched_by,
    standings_of,
)
from accounts.views.roll import OneSchoolMixin
from core.errors import RuleBroken
from core.views import SignedInMixin
from providers.models import Area, Organisation, StaffRole
from providers.queries import role_kinds


class UnlockingView(SignedInMixin, OneSchoolMixin, TemplateView):
    """Each tutor group: who has unlocked, who has a letter, who has none."""

    template_name = "accounts/unlocking.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standings = standings_of(self.school)
        names = ("learners", "unlocked", "in_hand", "printed", "nothing")
        return super().get_context_data(
            school=self.school,
            schools=self.schools,
            standings=standings,
            total={name: sum(getattr(one, name) for one in standings) for name in names},
            opening=opening_of(self.school, area_id=self.school.area_id),
            **kwargs,
        )


class WindowsView(SignedInMixin, OneSchoolMixin, FormView):
    """The days on which a school's learners unlock. Setting and taking away happen here, too."""

    form_class = WindowForm
    template_name = "accounts/unlock_windows.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.area, self.for_school = self.whose()
        return super().dispatch(request, *args, **kwargs)

    def whose(self) -> tuple[Area, Organisation | None]:
        return self.school.area, self.school

    def windows(self) -> Any:
        return UnlockWindow.objects.visible_to(self.request.user).standing().for_list().filter(area=self.area)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if reference := request.POST.get("end", "").replace("\0", ""):
            window = get_object_or_404(self.windows(), reference=reference)
            actions.end_window(window=window, by=request.user)
            messages.success(request, _("The days are taken away."))
            return redirect(request.get_full_path())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: WindowForm) -> HttpResponse:
        try:
            actions.open_window(area=self.area, school=self.for_school, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("The days are set."))
        return redirect(self.request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        windows = list(self.windows())
        return super().get_context_data(
            area=self.area,
            school=self.for_school,
            own=[one for one in windows if one.school_id == (self.for_school.pk if self.for_school else None)],
            general=[one for one in windows if one.school_id is None],
            schools_own=[one for one in windows if one.school_id is not None],
            opening=opening_of(self.for_school, area_id=self.area.pk),
            **kwargs,
        )


class AreaWindowsView(WindowsView):
    """The days for all schools of an area that set none of their own, kept by its help desk."""

    def whose(self) -> tuple[Area, None]:
        roles = StaffRole.objects.of(self.request.user, "help_desk").select_related("organisation__area")
        if (role := roles.order_by("pk").first()) is None:
            raise Http404
        return role.organisation.area, None


class UnlockTriesView(SignedInMixin, TemplateView):
    """How many wrong dates were tried, hour by hour, and when many were told. Counts only."""

    template_name = "accounts/unlock_tries.html"

    @cached_property
    def schools(self) -> Any:
        return schools_watched_by(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if role_kinds(request.user).isdisjoint({"coordinator", "help_desk"}):
            if not request.user.is_authenticated:
                return self.handle_no_permission()
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = failures_by_hour(schools=self.schools.values("pk"))
        by_school: Counter[str] = Counter()
        for row in rows:
            by_school[row["school"]] += row["wrong"]
        is_desk = "help_desk" in role_kinds(self.request.user)
        return super().get_context_data(
            rows=rows,
            by_school=by_school.most_common(),
            told=guessing_told(schools=self.schools),
            unknown=codes_nobody_has() if is_desk else None,
            **kwargs,
        )
