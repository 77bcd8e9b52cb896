"""The people of the load: what each looks at and presses. The file that locust runs, in a process of its own."""

from urllib.parse import urlencode

import gevent
from locust import task
from locust.exception import StopUser

from config.bench.crowd.browser import CREW, LUCK, PLAN, Person, Stands
from config.bench.crowd.pages import Page, filled

OPEN, CHOICE, FORM = "/desk/applications/[0-9A-Z]+/", "/my-application/choices/[^/]+/", "/my-application/[^/]+/"
LOOKED_FOR = (
    "hair", "car mechanic", "plumbing", "a level maths", "biology", "childcare", "hairdresing", "level 3 health",
    "bricklaying", "btec sport", "games", "art and design", "apprenticeship", "business", "animal care", "engineering",
    "it", "music", "level 2 catering", "electrician", "beauty", "psychology", "law", "construction", "dance",
)  # fmt: skip
MOST_KEPT = 8  # courses in a shortlist
WRITTEN = "I have thought about what I would like to learn, and this is how far I have got. "
PEAK_LOOKS = 4  # at My application, each a quarter of the usual while after the one before


class Learner(Person):
    """Searches, reads, keeps in mind, writes, sends, looks how it stands, answers."""

    fixed_count = len(PLAN["learners"])
    think_seconds = 20.0 / (PEAK_LOOKS if PLAN["peak"] else 1)

    def next_name(self) -> tuple[int, str]:
        return next(CREW.learners)

    def on_start(self) -> None:
        self.kept: set[str] = set()
        super().on_start()

    def come(self) -> None:
        if not PLAN["peak"]:
            return super().come()
        gevent.sleep(PLAN["learners_from"] + LUCK.uniform(0, PLAN["minutes"] * 60 - PEAK_LOOKS * self.think_seconds))
        self.sign_in()
        return None

    @task
    def live(self) -> None:
        errands = {self.search: 40, self.see_how_it_stands: 40, self.write: 20}
        if PLAN["peak"]:
            errands = {self.reload: 1}
        LUCK.choices(list(errands), weights=list(errands.values()))[0]()

    def reload(self) -> None:
        """Results day: again and again, and then the choice itself."""
        for _ in range(PEAK_LOOKS):
            page = self.open("/my-application/")
            self.think()
        for link in page.links(CHOICE)[:1]:
            self.open(link)
        self.think()
        while True:  # has read it, and stays signed in
            self.think()

    def search(self) -> None:
        self.think()
        page = self.open(f"/courses/?q={LUCK.choice(LOOKED_FOR).replace(' ', '+')}")
        courses = page.links("/courses/[A-Z0-9]{10}/[^/]*/?")
        for link in LUCK.sample(courses, k=min(len(courses), 2)):
            self.think()
            page = self.open(link)
            chance = LUCK.random()
            if chance < 0.3:
                self.keep(link.split("/")[2])
            elif chance < 0.5:
                self.add(page)

    def keep(self, course: str) -> None:
        if course in self.kept or len(self.kept) >= MOST_KEPT:
            return
        self.think()
        self.kept.add(course)
        stands: Stands = [["shortlist", f"{self.name} {course}", "kept"]]
        said = {"HX-Request": "true"}
        self.press("/shortlist/keep/", [("course", course)], "shortlist.keep", course, stands=stands, **said)

    def add(self, page: Page) -> None:
        form = page.form("/my-application/add/[^/]+/")
        if form is None:
            return
        self.think()
        run = form[0].split("/")[3]
        self.press(*form, "choice.add_run", run, done_at="/my-application/choices/")

    def see_how_it_stands(self) -> None:
        self.think()
        page = self.open("/my-application/")
        links = page.links(CHOICE)
        for link in LUCK.sample(links, k=min(len(links), 1)):
            self.think()
            page = self.open(link)
            chance = LUCK.random()
            for verb, share in (("send", 0.8), ("accept", 0.15)):
                for address in page.links(f"{CHOICE}{verb}/"):
                    if chance < share:
                        self.answer(address, verb)

    def answer(self, address: str, verb: str) -> None:
        self.think()
        self.press_on(self.open(address), address, f"choice.{verb}", address.split("/")[3])

    def write(self) -> None:
        """Opens the statement, types for a while, and saves it; one in four goes away in the middle."""
        self.think()
        forms = self.open("/my-application/").links(f"{FORM}profile/")
        if not forms:
            return
        application = forms[0].split("/")[2]
        address = f"/my-application/{application}/statement/"
        self.think()
        self.open(forms[0])
        self.think()
        form = self.open(address).form("", having="statement")
        if form is None:
            return
        values = form[1]
        for times in range(1, 4):
            gevent.sleep(LUCK.uniform(2, 6))  # typing, not thinking
            words = f"{WRITTEN * times}{next(CREW.numbers)} {self.name}"
            values = filled(values, statement=words)
            self.keep_typed(application, values, words)
            if CREW.is_over:
                raise StopUser
        if LUCK.random() < 0.75:
            self.think()
            stands: Stands = [["statement", application, words], ["draft", dict(values)["draft"], None]]
            self.press(address, values, "application.write", application, stands=stands)

    def keep_typed(self, application: str, values: list[tuple[str, str]], words: str) -> None:
        """What the page does by itself while somebody types."""
        address = f"/my-application/{application}/sections/statement/keep/"
        draft = dict(values)["draft"]
        stands: Stands = [["draft", draft, words]]
        self.press(address, values, "draft.keep", draft, stands=stands, Accept="application/json")


class Desk(Person):
    """Admissions, coordinators, advisers and officers, each at their own pages."""

    fixed_count = len(PLAN["staff"])
    think_seconds, network = 5.0, 1
    # What is done once a choice has been read, out of a hundred.
    ANSWERS = {"note": 35, "assign": 25, "offer": 15, "invite": 10, "put-on-reserve": 8, "refuse": 7}

    def next_name(self) -> tuple[int, str]:
        return next(CREW.staff)

    @task
    def live(self) -> None:
        kind = self.name.split("-")[1]
        getattr(self, kind)()

    def admissions(self) -> None:
        self.think()
        page = self.open(LUCK.choice(("/desk/applications/", "/desk/applications/", "/desk/applications/?group=new")))
        if LUCK.random() < (0.6 if PLAN["peak"] else 0.06):
            return self.answer_together(page)
        links = page.links(OPEN)
        for link in LUCK.sample(links, k=min(len(links), 3)):
            self.think()
            received = self.open(link)
            verb = LUCK.choices(list(self.ANSWERS), weights=list(self.ANSWERS.values()))[0]
            self.answer(received, link, verb)
        return None

    def answer(self, received: Page, link: str, verb: str) -> None:
        choice, address = link.split("/")[3], f"{link}{verb}/"
        if verb == "note":
            form = received.form(f"{OPEN}note/")
            if form is not None:
                self.think()
                words = f"Rang the school about this one, call {next(CREW.numbers)}."
                self.press(form[0], filled(form[1], words=words), "choice.note", words)
            return
        if verb != "assign" and address not in received.links(f"{OPEN}.*"):
            return
        self.think()
        page = self.open(address)
        if verb == "assign":
            form = page.form("") or page.form(address)
            if form is not None and (mine := page.values("to")):
                self.think()
                stands: Stands = [["assigned", choice, self.name]]
                self.press(address, filled(form[1], to=mine[0]), "choice.assign", choice, stands=stands)
            return
        self.press_on(page, address, f"choice.{verb.replace('-', '_')}", choice, **self.answers_for(verb, page))

    def answers_for(self, verb: str, page: Page) -> dict[str, str]:
        """What is filled in beside what the form says already."""
        if verb == "refuse":
            return {"reason": "full", "words": "All places are taken this year."}
        if verb == "invite":
            if page.values("how"):
                return {"how": "choose"}
            day, month, year = PLAN["interviews_on"]
            when = {"on_day": day, "on_month": month, "on_year": year, "at": f"{LUCK.randint(9, 15)}:30"}
            return when | {"place": "Main reception"}
        return {}

    def answer_together(self, page: Page) -> None:
        """Some of the list at once: picked, read over, confirmed."""
        form, verbs = page.form(r"/desk/applications/pick/.*", having="verb"), page.options("verb")
        ticked = page.values("choice")
        wanted = ("confirm", "enrol") if PLAN["peak"] else ("put_on_reserve", "offer")
        verb = next((one for one in wanted if one in verbs), "")
        if form is None or not verb or not ticked:
            return
        self.think()
        some = LUCK.sample(ticked, k=min(len(ticked), 15 if PLAN["peak"] else 5))
        values = [*filled(form[1], verb=verb, scope="ticked"), *(("choice", one) for one in some)]
        address = self.ask("POST", form[0], data=urlencode(values)).location
        if "/together/" not in address:
            return
        self.press_on(self.open(address), address, "bulk.confirm", address.split("/")[4])

    def coordinator(self) -> None:
        self.think()
        page = self.open("/desk/endorsements/")
        links = page.links("/desk/endorsements/[A-Z0-9]{10}/")
        for link in LUCK.sample(links, k=min(len(links), 2)):
            self.think()
            read = self.open(link)
            for address in read.links("/desk/endorsements/[^/]+/endorse/"):
                self.think()
                self.press_on(self.open(address), address, "choice.endorse", link.split("/")[3])
        self.think()
        learners = self.open("/desk/roll/").links("/desk/roll/learners/[^/]+/")
        for link in LUCK.sample(learners, k=min(len(learners), 1)):
            self.think()
            self.open(link)

    def adviser(self) -> None:
        self.think()
        learners = self.open("/desk/caseload/").links("/desk/learners/[^/]+/")
        for link in LUCK.sample(learners, k=min(len(learners), 3)):
            self.think()
            self.open(link)

    def officer(self) -> None:
        self.think()
        page = self.open("/desk/guarantee/")
        links = page.links(r"/desk/guarantee/year-\d+/.*")
        for link in LUCK.sample(links, k=min(len(links), 2)):
            self.think()
            self.open(link)
        self.think()
        self.open("/desk/endorsements/report/")
