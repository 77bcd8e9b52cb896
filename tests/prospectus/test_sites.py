"""A provider's sites: changed, ended, merged; search and distances follow; the pages and what they cost."""

import datetime as dt
import threading

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from activity.models import Event
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions import refresh_search, site_keeping
from prospectus.actions.changing import ChangedMeanwhile
from prospectus.actions.site_keeping import SITE_FIELDS, dates_at, edit_site, end_site, merge_site, seen_as
from prospectus.actions.sites import keep_sites
from prospectus.imports.records import Venue
from prospectus.models import Consortium, ConsortiumPartner, CoursePart, CourseRun, CourseSearch
from providers.models import RoleKind, Site
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, SiteFactory, StaffRoleFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db
PAST, COMING = dt.date(2026, 9, 6), dt.date(2027, 9, 6)


@pytest.fixture
def editor(town):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.northfield).user


@pytest.fixture
def other(town):
    return SiteFactory(
        organisation=town.northfield, name="Mill Site", postcode="ZN2 1AA", latitude=53.1, longitude=-1.5
    )


def change(site, by, **values):
    told = {name: getattr(site, name) for name in SITE_FIELDS}
    told |= {} if site.is_exact else {"latitude": None, "longitude": None}
    return edit_site(site=site, values=told | values, seen=seen_as(site), by=by)


def broken(action, **arguments):
    with pytest.raises(RuleBroken) as refusal:
        action(**arguments)
    return refusal.value.code


# --- changing


def test_a_changed_site_is_found_by_its_new_town_and_postcode_at_once(town, editor):
    site = change(town.near, editor, town="Eastvale", postcode="ZN2 1AA")
    assert (site.latitude, site.longitude, site.is_exact) == (53.10, -1.50, False)
    words = CourseSearch.objects.filter(course=town.plumbing).values_list("words", flat=True)
    assert "eastval" in words[0]
    event = Event.objects.get(verb="site.edit")
    assert (event.subject, event.by) == (f"providers.site:{site.pk}", editor)
    assert event.facts == {
        "provider": town.northfield.pk,
        "fields": ["latitude", "postcode", "town"],
    }


def test_coordinates_of_its_own_are_exact_until_they_are_taken_out(town, editor):
    site = change(town.near, editor, latitude=53.05, longitude=-1.4, postcode="ZN1 1AA")
    assert (site.latitude, site.longitude, site.is_exact) == (53.05, -1.4, True)
    site = change(site, editor, town="Elsewhere")
    assert (site.latitude, site.is_exact) == (53.05, True)
    site = change(site, editor, latitude=None, longitude=None)
    assert (site.latitude, site.longitude, site.is_exact) == (53.00, -1.50, False)


def test_half_a_place_a_taken_code_and_a_second_of_the_same_are_refused(town, editor, other):
    assert broken(change, site=town.near, by=editor, latitude=53.0, longitude=None) == "half_a_place"
    code = {"provider_reference": other.provider_reference}
    assert broken(change, site=town.near, by=editor, **code) == "code_taken"
    same = {"name": "MILL SITE", "postcode": "ZN2 1AA"}
    assert broken(change, site=town.near, by=editor, **same) == "site_known"


def test_saving_what_is_so_already_writes_nothing(town, editor):
    change(town.near, editor, postcode="ZN1 1AA")
    change(town.near.__class__.objects.get(pk=town.near.pk), editor)
    assert Event.objects.filter(verb="site.edit").count() == 1


def test_who_saves_later_is_told(town, editor):
    stale = Site.objects.get(pk=town.near.pk)
    change(town.near, editor, town="Eastvale")
    with pytest.raises(ChangedMeanwhile):
        change(stale, editor, town="Westvale")


def test_only_who_keeps_the_courses_changes_sites(town, other):
    stranger = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.southbank).user
    for action in (
        lambda: change(town.near, stranger, town="X"),
        lambda: end_site(site=town.near, move_to=other, by=stranger),
        lambda: merge_site(site=town.near, into=other, by=stranger),
    ):
        with pytest.raises(NotAllowed):
            action()


# --- ending


def test_a_site_with_dates_to_come_says_how_many(town, editor):
    assert broken(end_site, site=town.near, move_to=None, by=editor) == "dates_there"
    assert dates_at(town.near).count() == 4
    assert Site.objects.get(pk=town.near.pk).ended_on is None


def test_dates_to_come_move_and_old_ones_keep_the_site(town, editor, other):
    old = town.run(town.plumbing, town.near, starts_on=PAST)
    gone = town.run(town.plumbing, town.near, ended_on=PAST)
    assert end_site(site=town.near, move_to=other, by=editor) == 4

    assert set(CourseRun.objects.filter(site=town.near)) == {old, gone}
    assert CourseRun.objects.filter(site=other).count() == 4
    assert Site.objects.get(pk=town.near.pk).ended_on == dt.date(2026, 11, 18)
    found = set(CourseSearch.objects.filter(course=town.plumbing).values_list("site", flat=True))
    assert found == {other.pk, town.near.pk}  # the date that has started is still on the course's page
    facts = Event.objects.get(verb="site.end").facts
    moved = list(CourseRun.objects.filter(site=other).order_by("pk").values_list("pk", flat=True))
    known = {"provider": town.northfield.pk, "moved": 4, "to": other.pk, "dates": moved, "parts": []}
    assert facts == known
    with pytest.raises(StaleState):
        end_site(site=town.near, move_to=other, by=editor)


def test_a_site_without_dates_to_come_ends_without_another(town, editor, other):
    assert end_site(site=other, move_to=None, by=editor) == 0
    assert Event.objects.get(verb="site.end").facts["to"] is None


def test_dates_move_only_to_an_open_site_of_the_same_provider(town, editor, other):
    for wrong in (town.far, town.near, SiteFactory(organisation=town.northfield, ended_on=PAST)):
        assert broken(end_site, site=town.near, move_to=wrong, by=editor) == "not_your_site"
        assert broken(merge_site, site=town.near, into=wrong, by=editor) == "not_your_site"


def test_a_partners_dates_at_the_site_move_and_its_search_follows(town, editor, other):
    consortium = Consortium.objects.create(name="Trades", lead=town.eastgate)
    ConsortiumPartner.objects.create(consortium=consortium, provider=town.northfield)
    run = town.run(town.heating, town.near)
    refresh_search()
    end_site(site=town.near, move_to=other, by=editor)
    run.refresh_from_db()
    assert run.site == other
    assert CourseSearch.objects.get(run=run).site_id == other.pk


# --- merging


def test_merged_sites_are_one_and_the_better_place_is_kept(town, editor, other):
    Site.objects.filter(pk=other.pk).update(latitude=53.2, longitude=-1.2, is_exact=True, address="1 Mill Road")
    old = town.run(town.plumbing, other, starts_on=PAST)
    assert merge_site(site=other, into=town.near, by=editor) == 1

    old.refresh_from_db()
    near = Site.objects.get(pk=town.near.pk)
    assert (old.site, near.is_exact, near.latitude, near.address) == (near, True, 53.2, "1 Mill Road")
    other.refresh_from_db()
    assert (other.merged_into, other.ended_on) == (near, dt.date(2026, 11, 18))
    assert CourseSearch.objects.get(run=old).site_id == near.pk
    facts = {"provider": town.northfield.pk, "into": near.pk, "moved": 1}
    assert Event.objects.get(verb="site.merge").facts == facts


def venue(**facts):
    told = {"reference": "", "name": "", "address": "", "town": "", "postcode": "", "latitude": None, "longitude": None}
    return Venue(**told | facts)


def test_an_upload_that_still_names_a_merged_site_means_the_other(town, editor, other):
    merge_site(site=other, into=town.near, by=editor)
    by_code = venue(reference=other.provider_reference, name="The Old Mill", postcode="ZF9 1AA")
    by_name = venue(name="mill site", postcode="ZN2 1AA")
    keys, has_changed = keep_sites(provider=town.northfield, places={"a": by_code, "b": by_name})
    assert (keys, has_changed) == ({"a": town.near.pk, "b": town.near.pk}, False)
    assert Site.objects.filter(organisation=town.northfield).count() == 2
    assert Site.objects.get(pk=town.near.pk).name == "Hill Site"


def test_a_site_merged_twice_and_then_ended_is_found_and_open_again(town, editor, other):
    third = SiteFactory(organisation=town.northfield, name="Third Site")
    merge_site(site=other, into=third, by=editor)
    merge_site(site=third, into=town.near, by=editor)
    Site.objects.filter(pk=town.near.pk).update(ended_on=PAST)
    keys, _ = keep_sites(provider=town.northfield, places={"a": venue(reference=other.provider_reference)})
    assert keys == {"a": town.near.pk}
    assert Site.objects.get(pk=town.near.pk).ended_on is None


def test_of_two_sites_of_one_name_and_place_the_one_that_is_left_is_meant(town, editor):
    facts = {"organisation": town.northfield, "name": "Twin", "postcode": "ZN1 1AA", "provider_reference": ""}
    first, second = SiteFactory(**facts), SiteFactory(**facts)
    merge_site(site=first, into=second, by=editor)
    told = {"a": venue(name="Twin", postcode="ZN1 1AA", address="2 New Street")}
    keys, has_changed = keep_sites(provider=town.northfield, places=told)
    assert (keys, has_changed) == ({"a": second.pk}, True)


@pytest.mark.django_db(transaction=True)
def test_two_sites_merged_into_each_other_at_once_leave_one():
    provider = ProviderFactory()
    editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user
    one, two = SiteFactory(organisation=provider), SiteFactory(organisation=provider)
    came = at_once(lambda: merge_site(site=one, into=two, by=editor), lambda: merge_site(site=two, into=one, by=editor))
    assert sorted(type(each).__name__ for each in came) == ["RuleBroken", "int"]
    assert Site.objects.filter(ended_on=None).count() == 1


def end_twice_at_once():
    """Two editors end one site and move its dates to different ones. Returns what came of each."""
    provider = ProviderFactory()
    editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user
    site, left, right = (SiteFactory(organisation=provider) for _ in range(3))
    CourseRunFactory(course=CourseFactory(provider=provider), site=site)
    came = at_once(*(lambda to=to: end_site(site=site, move_to=to, by=editor) for to in (left, right)))
    return sorted(type(each).__name__ for each in came)


@pytest.mark.django_db(transaction=True)
def test_a_site_ends_once():
    assert end_twice_at_once() == ["StaleState", "int"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_end_twice(monkeypatch):
    barrier, real = threading.Barrier(2), site_keeping._other

    def both_are_there(*args):
        barrier.wait(10)
        return real(*args)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(site_keeping, "_other", both_are_there)
    assert end_twice_at_once() == ["int", "int"]


# --- the pages


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def test_the_list_says_what_is_where(desk, town, other):
    SiteFactory(organisation=town.northfield, name="Closed Site", ended_on=PAST)
    page = desk.get(reverse("prospectus:sites")).content.decode()
    for words in ("Hill Site", "About, by postcode", "Mill Site", "Ended 6 September 2026"):
        assert words in page
    assert "Valley Site" not in page
    assert page.index("Mill Site") < page.index("Closed Site")
    assert page.count('aria-current="true"') == 1  # the menu shows where one is


def test_what_is_typed_is_saved_and_what_is_wrong_is_said(desk, town):
    url = reverse("prospectus:site-edit", args=[town.near.reference])
    form = desk.get(url).context["form"]
    told = {name: value for name, value in form.initial.items() if value is not None} | {"postcode": "zn21aa"}
    wrong = desk.post(url, told | {"latitude": "north", "longitude": "999"}).content.decode()
    assert "Latitude must be a number, like 53.4808" in wrong
    assert desk.post(url, told).status_code == 302
    assert Site.objects.get(pk=town.near.pk).postcode == "ZN2 1AA"


def test_who_saves_later_sees_both_and_loses_nothing(desk, town, editor):
    url = reverse("prospectus:site-edit", args=[town.near.reference])
    told = {k: v for k, v in desk.get(url).context["form"].initial.items() if v is not None}
    told |= {"town": "Westvale", "postcode": "ZN1 1AA"}
    change(town.near, editor, town="Eastvale")
    page = desk.post(url, told)
    assert page.status_code == 409
    assert "Somebody else has saved this site meanwhile" in page.content.decode()
    assert "Eastvale" in page.content.decode()
    again = page.context["form"].data.dict()
    assert desk.post(url, again).status_code == 302
    assert Site.objects.get(pk=town.near.pk).town == "Westvale"


def test_ending_and_merging_by_the_page(desk, town, other):
    end = reverse("prospectus:site-end", args=[town.near.reference])
    assert "4 dates that can still be started are there" in desk.get(end).content.decode()
    assert "Choose the site to move to" in desk.post(end, {}).content.decode()
    seen = desk.get(end).context["form"].initial["seen"]
    page = desk.post(end, {"other": other.reference, "seen": seen}, follow=True)
    assert "Hill Site has ended. 4 dates moved to Mill Site." in page.content.decode()
    assert desk.get(end).status_code == 409
    third = SiteFactory(organisation=town.northfield, name="Third Site")
    merge = reverse("prospectus:site-merge", args=[third.reference])
    assert "Merged. No date was there." in desk.post(merge, {"other": other.reference}, follow=True).content.decode()


def part_at(town, site, position=1):
    return CoursePart.objects.create(
        course=town.plumbing, position=position, name=f"Part {position}", provider=town.northfield, site=site
    )


def test_parts_are_counted_before_and_may_go_to_no_site_and_history_knows_them(desk, town, other):
    for position in (1, 2):
        part_at(town, other, position)
    end = reverse("prospectus:site-end", args=[other.reference])
    page = desk.get(end)
    words = page.content.decode()
    assert "2 parts of courses taught together are taught there and lose their place." in words
    assert "Altogether that is 1 course." in words
    seen = page.context["form"].initial["seen"]
    assert "Choose the site to move to" in desk.post(end, {"seen": seen}).content.decode()

    said = desk.post(end, {"seen": seen, "other": "none"}, follow=True).content.decode()

    assert "No place is said any more of 2 parts of courses taught together." in said
    assert list(CoursePart.objects.values_list("site", flat=True)) == [None, None]
    course = town.plumbing.pk
    assert Event.objects.get(verb="site.end").facts["parts"] == [[course, 1], [course, 2]]


def test_dates_go_to_a_site_and_never_to_none(desk, town, other):
    end = reverse("prospectus:site-end", args=[town.near.reference])
    seen = desk.get(end).context["form"].initial["seen"]
    assert "Choose one of these sites" in desk.post(end, {"seen": seen, "other": "none"}).content.decode()


def test_who_ends_a_site_at_which_more_is_taught_by_now_is_shown_that_first(desk, town, other):
    end = reverse("prospectus:site-end", args=[other.reference])
    seen = desk.get(end).context["form"].initial["seen"]
    part_at(town, other)

    page = desk.post(end, {"seen": seen, "other": town.near.reference})

    assert page.status_code == 409
    assert "What is taught there has changed since you opened this page" in page.content.decode()
    assert "1 part of a course taught together is taught there" in page.content.decode()
    assert Site.objects.get(pk=other.pk).ended_on is None
    told = {"other": town.near.reference, "seen": page.context["form"].data["seen"]}
    assert "1 part moved to Hill Site." in desk.post(end, told, follow=True).content.decode()


def test_the_only_site_with_dates_offers_to_add_another_first(desk, town):
    page = desk.get(reverse("prospectus:site-end", args=[town.near.reference])).content.decode()
    assert "has no other site to move them to" in page
    assert "Add a site first" in page
    merge = desk.get(reverse("prospectus:site-merge", args=[town.near.reference])).content.decode()
    assert "has no other site that is open" in merge


def test_a_site_added_from_the_list_leads_back_to_it(desk, town):
    url = reverse("prospectus:site-create", args=[town.northfield.reference]) + "?to=sites"
    assert url in desk.get(reverse("prospectus:sites")).content.decode()
    told = {"name": "New Site", "town": "Northmoor", "postcode": "ZN1 1AA"}
    assert desk.post(url, told).url == reverse("prospectus:sites")


def test_a_site_of_somebody_else_does_not_exist(desk, town, other):
    for name in ("site-edit", "site-end", "site-merge"):
        assert desk.get(reverse(f"prospectus:{name}", args=[town.far.reference])).status_code == 404
    page = desk.post(reverse("prospectus:site-end", args=[town.near.reference]), {"other": town.far.reference})
    assert "Choose one of these sites" in page.content.decode()


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_costs_the_same_for_one_and_for_five(desk, town, number, django_assert_num_queries):
    for _ in range(number):
        site = SiteFactory(organisation=town.northfield)
        CourseRunFactory(course=CourseFactory(provider=town.northfield), site=site)
    with django_assert_num_queries(6):
        desk.get(reverse("prospectus:sites"))
