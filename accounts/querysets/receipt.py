from typing import Any

from django.db import models
from django.db.models import Q

from providers.models import Organisation, StaffRole


class ReceiptQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReceiptQuerySet":
        """Who looked at a learner: the learner, the coordinator of their school, the area coordinator."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user))
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        of_area = Learner.objects.filter(area__in=areas)
        return self.filter(
            Q(learner__user=user) | Q(learner__in=on_roll.values("pk")) | Q(learner__in=of_area.values("pk"))
        )

    def own_of(self, user: Any) -> "ReceiptQuerySet":
        """Who looked at this person's own record."""
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "ReceiptQuerySet":
        return self.select_related("learner", "reader", "role__organisation")

    def matching(self, *, learner: str = "", reader: str = "") -> "ReceiptQuerySet":
        """Looks at learners, and by people, whose names begin with each of these words."""
        found = self
        for word in learner.split():
            found = found.filter(
                Q(learner__given_name__istartswith=word)
                | Q(learner__family_name__istartswith=word)
                | Q(learner__preferred_name__istartswith=word)
            )
        for word in reader.split():
            found = found.filter(reader__name__icontains=word)
        return found
