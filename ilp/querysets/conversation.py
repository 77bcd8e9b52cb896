from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import CaseloadLearner, CaseloadSchool, Duty, Learner, RollEntry
from accounts.querysets.caseload import schools_without_adviser
from core import clock
from core.querysets import among, is_nothing
from providers.models import Organisation, StaffRole


class ConversationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ConversationQuerySet":
        """A learner's own, for good; and those of a service its adults may read today. Nobody else's, ever."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(learner__user=user) | among("pk", self.read_by_staff(user).values("pk")))

    def own_of(self, user: Any) -> "ConversationQuerySet":
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def live(self) -> "ConversationQuerySet":
        """Conversations whose relation holds today: the learner is on the school's roll; or an adviser of the service
        answers for them, and they share with it."""
        on_roll = RollEntry.objects.current().filter(learner=OuterRef("learner"), school=OuterRef("service"))
        schools = CaseloadSchool.objects.today().filter(adviser__organisation=OuterRef(OuterRef("service")))
        here = RollEntry.objects.current().filter(learner=OuterRef("learner"), school__in=schools.values("school"))
        left = RollEntry.objects.left_lately().filter(learner=OuterRef("learner"), school__in=schools.values("school"))
        singly = CaseloadLearner.objects.today().filter(
            learner=OuterRef("learner"), adviser__organisation=OuterRef("service")
        )
        sharing = Learner.objects.sharing_with_advisers().values("pk")
        answered_for = Q(Exists(here)) | Q(Exists(left)) | Q(Exists(singly)) | self._left_to_the_service()
        advised = Q(service__kind="advice_service") & Q(learner__in=sharing) & answered_for
        return self.filter(Q(Exists(on_roll)) | advised, learner__erased_at=None)

    @staticmethod
    def _left_to_the_service() -> Q:
        """Somebody of the service is there on duty, and no adviser for the learner's school, or their last one."""
        on_duty = Duty.objects.there().filter(adviser__organisation=OuterRef("service"))
        without = schools_without_adviser().filter(area=OuterRef(OuterRef("service__area"))).values("pk")
        here = RollEntry.objects.current().filter(learner=OuterRef("learner"), school__in=without)
        left = RollEntry.objects.left_lately().filter(learner=OuterRef("learner"), school__in=without)
        return Q(Exists(on_duty)) & (Q(Exists(here)) | Q(Exists(left)))

    def read_by_staff(self, user: Any) -> "ConversationQuerySet":
        """Those of the services this person is a tutor, coordinator or adviser of, while the relation holds. All of
        them, not only their own learners': a second adult can read every conversation."""
        from ilp.models import Conversation

        services = Organisation.objects.with_role(user, "coordinator", "tutor", "adviser")
        if is_nothing(services):
            return self.none()
        return Conversation.objects.live().filter(service__in=services.values("pk")).exclude(learner__user=user)

    def answered_by(self, user: Any) -> "ConversationQuerySet":
        """Those this person may write in for the service: at a school all of its staff who look after learners, in an
        advice service whoever answers for the learner."""
        schools = Organisation.objects.with_role(user, "coordinator", "tutor")
        mine = Learner.objects.on_caseload_of(user)
        return self.read_by_staff(user).filter(
            Q(service__in=schools.values("pk")) | Q(service__kind="advice_service", learner__in=mine.values("pk"))
        )

    def with_news(self, user: Any) -> "ConversationQuerySet":
        """With ``is_new`` (this adult has not read the learner's newest message), ``is_waiting`` (nobody has answered
        it) and ``newest_at``."""
        from ilp.models import ConversationReading, Message

        newest = Message.objects.filter(conversation=OuterRef("pk")).order_by("-sent_at", "-pk")
        read = ConversationReading.objects.filter(conversation=OuterRef("conversation"), reader=user.pk)
        unread = Message.objects.filter(conversation=OuterRef("pk"), is_from_learner=True).exclude(
            Exists(read.filter(read_at__gte=OuterRef("sent_at")))
        )
        return self.annotate(is_new=Exists(unread), is_waiting=Subquery(newest.values("is_from_learner")[:1]))

    def with_number_unread(self) -> "ConversationQuerySet":
        """With ``unread``: how many messages of adults the learner has not read."""
        from ilp.models import Message

        new = Message.objects.unread_by_learner().filter(conversation=OuterRef("pk")).order_by()
        counted = new.values("conversation").annotate(number=models.Count("pk")).values("number")
        return self.annotate(unread=models.functions.Coalesce(Subquery(counted, output_field=models.IntegerField()), 0))

    def for_list(self) -> "ConversationQuerySet":
        return self.select_related("learner__user", "learner__area", "service__area")


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "MessageQuerySet":
        """What a learner wrote and what has been shown to them; to the adults of the service everything."""
        from ilp.models import Conversation

        if not user.is_authenticated:
            return self.none()
        shown = Q(is_from_learner=True) | Q(shown_at__lte=clock.now())
        own = Q(conversation__learner__user=user) & shown
        staffed = Conversation.objects.read_by_staff(user)
        return self.filter(own | among("conversation", staffed.values("pk")))

    def unread_by_learner(self) -> "MessageQuerySet":
        """Messages of adults that are shown and that their learner has not opened."""
        read_at = F("conversation__learner_read_at")
        return self.filter(
            Q(conversation__learner_read_at=None) | Q(shown_at__gt=read_at),
            is_from_learner=False,
            shown_at__lte=clock.now(),
        )

    def for_list(self) -> "MessageQuerySet":
        return self.select_related(
            "by", "role__organisation", "conversation__learner__user", "conversation__service__area"
        ).prefetch_related("attachments")


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "AttachmentQuerySet":
        """The files of messages this person may see, while they are kept."""
        from ilp.models import Message

        return self.kept().filter(message__in=Message.objects.visible_to(user))

    def kept(self) -> "AttachmentQuerySet":
        return self.filter(removed_at=None)

    def for_list(self) -> "AttachmentQuerySet":
        return self.select_related("message__conversation__learner__user")


class NoticeQuerySet(models.QuerySet):
    def waiting(self) -> "NoticeQuerySet":
        return self.filter(sent_at=None)

    def due(self) -> "NoticeQuerySet":
        return self.waiting().filter(due_at__lte=clock.now()).order_by("due_at", "pk")


class MessageRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "MessageRunQuerySet":
        """What an adviser picked themselves, while they are one."""
        if is_nothing(StaffRole.objects.of(user, "adviser")):
            return self.none()
        return self.filter(by=user)
