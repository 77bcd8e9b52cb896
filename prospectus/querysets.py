from typing import Any

from django.db import models
from django.db.models import Q

from core import clock
from prospectus.workflow import FETCHED
from providers.models import Organisation, StaffRole, Upload


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "CourseQuerySet":
        """The published prospectus for everybody; drafts and withdrawn courses for those who keep them."""
        published = Q(state="published")
        if not user.is_authenticated:
            return self.filter(published)
        return self.filter(published | Q(provider__in=Organisation.objects.editing_through(user)))

    def kept_by(self, user: Any) -> "CourseQuerySet":
        """The courses this person looks after, whatever their state."""
        return self.filter(provider__in=Organisation.objects.editing_through(user))

    def counted_for(self, user: Any) -> "CourseQuerySet":
        """The courses whose numbers this person reads: those they keep, drafts too, and all of the areas they are
        coordinator of, or officer of the authority of. Not what is withdrawn."""
        areas = StaffRole.objects.over_areas(user).values("organisation__area")
        return self.visible_to(user).filter(
            ~Q(state="withdrawn"),
            Q(provider__in=Organisation.objects.editing_through(user)) | Q(provider__area__in=areas),
        )

    def published(self) -> "CourseQuerySet":
        return self.filter(state="published")

    def for_list(self) -> "CourseQuerySet":
        return self.select_related("provider__area", "subject", "qualification_type")


class CourseRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "CourseRunQuerySet":
        """Published runs of courses this person may see; drafts and ended ones too for those who keep them."""
        from prospectus.models import Course

        seen = self.filter(course__in=Course.objects.visible_to(user))
        public = Q(state="published", ended_on=None)
        if not user.is_authenticated:
            return seen.filter(public)
        return seen.filter(public | Q(course__provider__in=Organisation.objects.editing_through(user)))

    def kept_by(self, user: Any) -> "CourseRunQuerySet":
        """The runs of the courses this person looks after."""
        return self.filter(course__provider__in=Organisation.objects.editing_through(user))

    def on_offer(self) -> "CourseRunQuerySet":
        """Runs in the published prospectus, whether or not their start has passed."""
        return self.shown().filter(course__state="published")

    def still_there(self) -> "CourseRunQuerySet":
        """Runs that a choice can be about: on offer, or of a sandbox, whose courses are drafts for ever."""
        return self.shown().filter(
            Q(course__state="published") | Q(course__state="draft", course__provider__practice_of__isnull=False)
        )

    def of_practice(self, is_practice: bool) -> "CourseRunQuerySet":
        """Runs of sandboxes, or those of real providers: made-up learners and real ones never meet."""
        return self.filter(course__provider__practice_of__isnull=not is_practice)

    def shown(self) -> "CourseRunQuerySet":
        """Runs that stand on their course's page: published and not ended."""
        return self.filter(state="published", ended_on=None)

    def to_come(self) -> "CourseRunQuerySet":
        """Runs that can still be started: any day, no date given, or a date not yet passed."""
        return self.filter(Q(is_flexible_start=True) | Q(starts_on=None) | Q(starts_on__gte=clock.today()))

    def open_for_applications(self) -> "CourseRunQuerySet":
        """Runs a learner may apply for here today; of a sandbox, its made-up learners."""
        today = clock.today()
        return (
            self.still_there()
            .to_come()
            .filter(takes_applications=True, course__provider__takes_applications=True)
            .filter(Q(apply_from_on=None) | Q(apply_from_on__lte=today))
            .filter(Q(apply_until_on=None) | Q(apply_until_on__gte=today))
            .filter(
                Q(course__provider__applying_from_on=None) | Q(course__provider__applying_from_on__lte=today),
                Q(course__provider__area__applying_from_on=None)
                | Q(course__provider__area__applying_from_on__lte=today),
            )
        )

    def for_list(self) -> "CourseRunQuerySet":
        return self.select_related("course__provider__area", "site")


class ConsortiumQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ConsortiumQuerySet":
        """For those who keep the courses of its lead or of a partner. Everybody else reads of it on a course's page."""
        kept = Organisation.objects.editing_through(user)
        partner_of = self.model.objects.filter(partners__provider__in=kept, partners__ended_on=None)
        return self.filter(Q(lead__in=kept) | Q(pk__in=partner_of.values("pk")))

    def current(self) -> "ConsortiumQuerySet":
        return self.filter(ended_on=None)


class PartnerQuerySet(models.QuerySet):
    def joined(self) -> "PartnerQuerySet":
        """Those who have said yes and have not left, also who has closed since."""
        return self.filter(ended_on=None, joined_on__lte=clock.today())

    def current(self) -> "PartnerQuerySet":
        """Those who teach with the lead, and are named with it: joined, and open. Who leaves, or is in a consortium
        that ends, is not among them from that moment; who closes is until the end of its last day."""
        return self.joined().filter(Q(provider__ended_on=None) | Q(provider__ended_on__gte=clock.today()))


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReviewQuerySet":
        """Of all courses in the prospectus, for who looks after the areas; of one's own for who keeps them."""
        published = self.filter(course__state="published")
        if StaffRole.objects.over_areas(user).exists():
            return published
        return published.filter(provider__in=Organisation.objects.editing_through(user))

    def for_list(self) -> "ReviewQuerySet":
        return self.select_related("course__provider__area", "by")


class ShortlistQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ShortlistQuerySet":
        """One's own. Nobody else sees what somebody keeps in mind."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class SavedSearchQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SavedSearchQuerySet":
        """One's own."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class FeedQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "FeedQuerySet":
        """Their own provider's feeds for editors and managers; all of them for area coordinators and officers."""
        if not user.is_authenticated:
            return self.none()
        own = Q(provider__in=Organisation.objects.editing_through(user))
        return self.filter(own | Q(models.Exists(StaffRole.objects.over_areas(user))))

    def fetched(self) -> "FeedQuerySet":
        """Those that are fetched by their timetable."""
        return self.filter(state__in=sorted(FETCHED))

    def due(self) -> "FeedQuerySet":
        """Those whose time has come and that nobody is fetching."""
        from prospectus.models import FeedFetch

        running = FeedFetch.objects.filter(feed=models.OuterRef("pk"), is_trial=False, ended_at=None)
        return self.fetched().filter(~models.Exists(running), next_at__lte=clock.now())

    def for_list(self) -> "FeedQuerySet":
        return self.select_related("provider__area", "area", "by")


class FeedFetchQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "FeedFetchQuerySet":
        """The fetches of the feeds this person may see."""
        from prospectus.models import Feed

        return self.filter(feed__in=Feed.objects.visible_to(user))

    def for_list(self) -> "FeedFetchQuerySet":
        return self.select_related("feed__provider", "feed__area", "job")


class PaperLineQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "PaperLineQuerySet":
        """The lines of the paper lists this person may see."""
        return self.filter(upload__in=Upload.objects.visible_to(user))


class SearchRuleQuerySet(models.QuerySet):
    """Synonyms and phrase rules."""

    def visible_to(self, user: Any) -> "SearchRuleQuerySet":
        """All of those in use, for who keeps the search words. Search itself reads them for everybody."""
        return self.in_use() if StaffRole.objects.over_areas(user).exists() else self.none()

    def in_use(self) -> "SearchRuleQuerySet":
        return self.filter(ended_at=None)
