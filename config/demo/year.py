"""A year of applications in the invented town, up to a stage, through the same actions that pages call."""

import datetime as dt
import random
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import answer_consent, issue_codes, new_code, unlock_account
from accounts.models import ConsentKind, Learner, RollEntry, UnlockCode, User
from applications import actions as apply
from applications.models import Application, Choice, RefusalReason
from config.demo.asking import ask_things
from config.demo.caseloads import share_out
from config.demo.deciding import answer_many, decide_in_peace, hold_interviews, one_leaves_early, one_opens_later
from config.demo.desk import work_at_desks
from config.demo.endorsing import wait_for_school
from config.demo.forms import ask_applicants, begin_form
from config.demo.guarantee import count_guarantee
from config.demo.plans import add_course, aminas_plan, answer_plan, coordinator_of, write_plan
from config.demo.results import CONDITIONS, come_out, say_the_hours
from config.demo.reviews import ask_for_help, hold_review, plan_next
from config.demo.signins import PASSWORD
from config.demo.systems import connect_systems
from config.demo.talking import talk
from config.demo.trying import try_things
from config.demo.ways import go_other_ways
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp.actions import record_contact
from prospectus.models import Course, CourseRun, ProvisionKind, Stage
from providers.models import Area, Cycle

ENTRY_YEAR = 2027
SEPTEMBER = dt.date(2026, 9, 10)  # when rolls and catalogues are handed over
# A stage is a day, and how far the year has got by then: shares of learners who have got at least so far.
STAGES = {
    "october": dt.date(2026, 10, 14),
    "january": dt.date(2027, 1, 20),
    "march": dt.date(2027, 3, 10),
    "results": dt.date(2027, 8, 26),
    "september": dt.date(2027, 9, 30),
}
MORE_AT_A_DESK = 60
SHARES = {  #         unlocked started sent  answered accepted
    "october":        (0.40, 0.22, 0.12, 0.04, 0.00),
    "january":        (0.85, 0.75, 0.65, 0.40, 0.15),
    "march":          (0.92, 0.88, 0.82, 0.70, 0.45),
    "results":        (0.95, 0.92, 0.90, 0.86, 0.80),
    "september":      (0.97, 0.95, 0.93, 0.91, 0.88),
}  # fmt: skip


def _is_for_leavers(course: Course) -> bool:
    """Whether somebody who leaves Year 11 would apply for it."""
    return course.stage == Stage.POST_16 and course.kind in (ProvisionKind.COURSE, ProvisionKind.APPRENTICESHIP)


class Year:
    """The learners' year up to a stage. Chance is seeded, so that the same stage is the same town."""

    def __init__(self, stage: str, people: dict[str, User]) -> None:
        self.stage, self.people = stage, people
        self.day = STAGES[stage]
        self.first_day = dt.date(ENTRY_YEAR - 1, 10, 1)
        self.pick = random.Random(stage)
        self.runs: dict[int, list[CourseRun]] = {}
        with clock.at(self.first_day):
            open_runs = list(CourseRun.objects.open_for_applications().for_list())
        for run in open_runs:
            # Nobody begins a September application by choosing a start in January.
            if run.starts_on == dt.date(ENTRY_YEAR, 9, 6) and run.places_left != 0 and _is_for_leavers(run.course):
                self.runs.setdefault(run.course.provider.area_id, []).append(run)

    def live(self) -> None:
        """Every learner gets as far as chance and the stage say; Amina and Ben as their sign-ins promise."""
        entries = RollEntry.objects.current().select_related("learner__area", "school").order_by("pk")
        with self._on(0):
            ask_applicants(self.people["admissions"])
        named = {"Amina Yusuf": self._amina, "Ben Okafor": self._ben}
        for entry in entries:
            learner = entry.learner
            named.get(str(learner), self._somebody)(learner)
        with self._on(0.99):
            share_out(self.people)
            self._contacts()
            talk(self.people, self.pick)
        with self._on(0.5):
            self._fill_a_desk("Southbank Sixth Form")
        go_other_ways(day=self.day)
        northmoor = Area.objects.get(name="Northmoor")
        wait_for_school(self.people, day=self.day, entry_year=ENTRY_YEAR, runs=self.runs.get(northmoor.pk, []))
        ask_things(self.people, day=self.day, pick=random.Random(self.stage))
        try_things(self.people, day=self.day, pick=random.Random(self.stage))
        work_at_desks(self.people, day=self.day, pick=random.Random(self.stage))
        hold_interviews(self.people, day=self.day, pick=random.Random(self.stage))
        decide_in_peace(self.people, day=self.day, pick=random.Random(self.stage))
        for happens in (one_leaves_early, one_opens_later):
            # Whole or not at all: the rules do not allow it at every time of the year.
            with suppress(RuleBroken, StaleState, NotAllowed), transaction.atomic():
                happens(self.people, day=self.day)
        connect_systems(self.people, day=self.day)
        if self.stage == "march":
            answer_many(self.people, day=self.day)
        count_guarantee(self.people, stage=self.stage, day=self.day, entry_year=ENTRY_YEAR)
        if self.stage == "results":
            with self._on(0.7):
                say_the_hours(self.people, day=self.day, entry_year=ENTRY_YEAR)
            come_out(self.people, day=self.day)

    def _on(self, part: float) -> Any:
        """The clock at this part of the time between the first day and the stage's."""
        return clock.at(self._day(part))

    def _day(self, part: float) -> dt.date:
        return self.first_day + (self.day - self.first_day) * part

    def _answer_by(self) -> dt.date:
        return min(self.day + dt.timedelta(days=40), dt.date(ENTRY_YEAR, 10, 29))

    def _somebody(self, learner: Learner) -> None:
        luck = self.pick.random()
        unlocked, started, sent, answered, accepted = SHARES[self.stage]
        if luck > unlocked:
            return
        with self._on(self.pick.uniform(0, 0.3)):
            user = self._unlock(learner, f"l{learner.pk}", shares=self.pick.random() < 0.85)
        self._plan(learner, user)
        if luck > started:
            return
        with self._on(0.4):
            choices = self._draft(learner, user, count=self.pick.choice((1, 2, 2, 3)))
        if luck > sent:
            return
        with self._on(0.5):
            choices = [apply.send_choice(choice=choice, by=user) for choice in choices]
            choices = [self._endorsed(choice, learner) for choice in choices]
        if luck > answered:
            return
        with self._on(0.7):
            for choice in choices:
                self._answer(choice)
        if luck > accepted:
            return
        self._accept(learner, user)

    def _plan(self, learner: Learner, user: User) -> None:
        """Two of three write a plan; the school has read half of them."""
        pick = random.Random(learner.pk)  # of its own, so that the rest of the year is as it was
        if pick.random() > 0.66:
            return
        with self._on(0.32):
            plan = write_plan(learner, user=user, pick=pick)
            if runs := self.runs.get(learner.area_id):
                add_course(plan, pick.choice(runs).course, user=user)
        if (reader := coordinator_of(learner)) and pick.random() < 0.5:
            with self._on(0.36):
                answer_plan(plan, by=reader, pick=pick)
            if pick.random() < 0.4:
                self._review(learner, reader, pick)

    def _review(self, learner: Learner, reader: User, pick: random.Random) -> None:
        """One talk in the middle of the year; for some the next is planned, and some ask for help."""
        hold_review(learner, on=self._day(0.5), by=reader, pick=pick)
        with self._on(0.99):
            if pick.random() < 0.7:
                plan_next(learner, on=self.day, by=reader, pick=pick)
            if pick.random() < 0.3:
                ask_for_help(learner, pick=pick)

    def _endorsed(self, choice: Choice, learner: Learner) -> Choice:
        if not choice.application.cycle.has_endorsement:
            return choice
        school = RollEntry.objects.current().get(learner=learner).school
        return apply.endorse_choice(choice=choice, by=self.people[f"{school.name}, coordinator"])

    def _unlock(self, learner: Learner, username: str, *, shares: bool) -> User:
        issue_codes(codes={learner.pk: new_code()}, letter_run=None)
        code = UnlockCode.objects.get(learner=learner, used_at=None, ended_at=None)
        user = unlock_account(unlock_code=code, username=username, password=PASSWORD)
        learner.refresh_from_db()
        answer_consent(
            learner=learner,
            kind=ConsentKind.ADVICE_SERVICE,
            is_given=shares,
            words="May the advice service see your plan and applications?",
            by=user,
        )
        return user

    def _draft(self, learner: Learner, user: User, *, count: int) -> list[Choice]:
        runs = self.pick.sample(self.runs[learner.area_id], k=count)
        cycle = Cycle.objects.post_16().get(area=learner.area, entry_year=ENTRY_YEAR)
        application = apply.start_application(learner=learner, cycle=cycle, by=user)
        self._write(application, user)
        return [apply.add_run(learner=learner, run=run, by=user) for run in runs]

    def _write(self, application: Application, user: User) -> None:
        apply.write_profile(
            application=application,
            by=user,
            statement=(
                "I like learning by doing, and I can say what I have made and mended. At school I have kept going when "
                "things were hard, and I help at home and in my street. I would like a job where I can use what I learn."
            ),
            predicted_grades="English: 5\nMaths: 5\nScience: 4",
            needs="",
        )

    def _answer(self, choice: Choice) -> None:
        by = self.people[choice.provider.name]
        chance = self.pick.random()
        if chance < 0.7:
            apply.make_offer(
                choice=choice,
                by=by,
                conditions=CONDITIONS
                if self.stage == "results"
                else [apply.Condition(kind="results", text="Grade 4 or above in English and maths")],
                answer_by_on=self._answer_by(),
                message="We would be glad to have you.",
            )
        elif chance < 0.8:
            starts_at = timezone.make_aware(dt.datetime.combine(self.day + dt.timedelta(days=7), dt.time(14)))
            apply.invite_to_interview(choice=choice, by=by, starts_at=starts_at, place="Main reception")
        elif chance < 0.9:
            apply.put_on_reserve(choice=choice, by=by)
        else:
            apply.refuse_choice(choice=choice, by=by, reason=RefusalReason.FULL)

    def _accept(self, learner: Learner, user: User) -> None:
        choice = Choice.objects.filter(application__learner=learner).that_can("accept").order_by("rank").first()
        if choice is None:
            return
        with self._on(0.85):
            choice = apply.accept_offer(choice=choice, by=user)
        by = self.people[choice.provider.name]
        if self.stage == "september":
            with self._on(0.95):
                if self.pick.random() < 0.92:
                    apply.enrol(choice=apply.confirm_place(choice=choice, by=by), by=by)
                else:
                    apply.fail_conditions(choice=choice, by=by)

    def _amina(self, learner: Learner) -> None:
        """One offer to answer from Northfield, one choice waiting at Southbank."""
        with self._on(0.1):
            user = self._unlock(learner, "amina", shares=True)
            runs = self._a_levels_at("Northfield College")[:2]
            cycle = Cycle.objects.post_16().get(area=learner.area, entry_year=ENTRY_YEAR)
            self._write(apply.start_application(learner=learner, cycle=cycle, by=user), user)
            northfield = apply.add_run(learner=learner, run=runs[0], by=user)
            northfield = apply.add_run(learner=learner, run=runs[1], by=user, choice=northfield)
            southbank = apply.add_run(learner=learner, run=self._a_levels_at("Southbank Sixth Form")[0], by=user)
        with self._on(0.4):
            apply.send_choice(choice=northfield, by=user)
            apply.send_choice(choice=southbank, by=user)
            aminas_plan(learner, user=user)
        if reader := coordinator_of(learner):
            self._review(learner, reader, random.Random(3))
        with self._on(0.8):
            apply.make_offer(
                choice=northfield,
                by=self.people["admissions"],
                conditions=[
                    apply.Condition(kind="results", text="Grade 4 or above in English"),
                    apply.Condition(kind="results", text="Grade 4 or above in maths"),
                ],
                answer_by_on=self._answer_by(),
                message="We enjoyed reading your application.",
            )

    def _ben(self, learner: Learner) -> None:
        """Has begun and not sent."""
        with self._on(0.5):
            user = self._unlock(learner, "ben", shares=True)
            choices = self._draft(learner, user, count=1)
            begin_form(choices[0].application, by=user)

    def _fill_a_desk(self, provider: str) -> None:
        """Some of those who have sent something send one choice more, so that a desk has a day's work."""
        pick = random.Random(provider)  # of its own, so that the rest of the year is as it was
        sent = Choice.objects.filter(sent_at__isnull=False).exclude(provider__name=provider)
        # Amina and Ben stay as their sign-ins promise.
        sent = sent.exclude(application__learner__given_name__in=["Amina", "Ben"])
        runs = self._a_levels_at(provider)
        for key in sorted(set(sent.values_list("application", flat=True)))[:MORE_AT_A_DESK]:
            learner = Application.objects.select_related("learner__user").get(pk=key).learner
            try:
                choice = apply.add_run(learner=learner, run=pick.choice(runs), by=learner.user)
                self._endorsed(apply.send_choice(choice=choice, by=learner.user), learner)
            except RuleBroken:  # as many as the area allows, or another area's
                continue

    def _a_levels_at(self, provider: str) -> list[CourseRun]:
        runs = [run for runs in self.runs.values() for run in runs if run.course.provider.name == provider]
        a_levels = [run for run in runs if run.course.title.startswith("A level ")]
        return sorted(a_levels, key=lambda run: run.course.title)

    def _contacts(self) -> None:
        """The adviser has been in touch with some of those who have nothing yet."""
        adviser = self.people["adviser"]
        silent = Learner.objects.on_caseload_of(adviser).filter(user=None).order_by("pk")[:12]
        for number, learner in enumerate(silent):
            on = clock.today() - dt.timedelta(days=number % 3 * 4)  # of some the next step is overdue by now
            kind = self.pick.choice(("phone", "meeting", "no_answer"))
            talked = "Talked about the unlock letter and what happens next."
            record_contact(
                learner=learner,
                by=adviser,
                kind=kind,
                on=on,
                note="Rang at lunchtime and left no message." if kind == "no_answer" else talked,
                next_step="Check whether the account is unlocked",
                next_on=on + dt.timedelta(days=self.pick.choice((0, 3, 14))),
            )
