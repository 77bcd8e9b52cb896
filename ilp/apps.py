from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IlpConfig(AppConfig):
    name = "ilp"

    def ready(self) -> None:
        from core import slots
        from core.navigation import NavItem, register
        from ilp import personal
        from ilp.messages import register_senders
        from ilp.slots import course_into_plan, supported_experiences, supported_plan
        from providers.queries import role_kinds

        def is_learner(user: Any) -> bool:
            return user.is_authenticated and not user.is_supporter and not role_kinds(user)

        def stands_behind_plans(user: Any) -> bool:
            return not role_kinds(user).isdisjoint({"tutor", "coordinator", "adviser"})

        personal.register()
        register_senders()
        slots.register("supported-plan", template="ilp/_supported.html", context=supported_plan)
        slots.register("supported-experiences", template="ilp/_supported.html", context=supported_experiences)
        slots.register("course-actions", template="ilp/_course_into_plan.html", context=course_into_plan)
        register(NavItem(text=_("My plan"), url_name="ilp:plan", shows=is_learner, order=18))
        register(NavItem(text=_("Plans"), url_name="ilp:plans", shows=stands_behind_plans, order=28))
