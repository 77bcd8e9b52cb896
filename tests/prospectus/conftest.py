import datetime as dt

from prospectus.actions import refresh_search
from providers.models import Outcode
from tests.factories import AreaFactory, CourseFactory, CourseRunFactory, ProviderFactory, SiteFactory
from tests.ground import ground
from tests.reference import load_reference


@ground
def reference(db):
    """Subjects, levels, types, synonyms, phrases, career words, and two invented places 7 miles apart."""
    load_reference()
    Outcode.objects.create(code="ZN1", latitude=53.00, longitude=-1.50, country="ENG")
    Outcode.objects.create(code="ZN2", latitude=53.10, longitude=-1.50, country="ENG")
    Outcode.objects.create(code="ZF9", latitude=50.00, longitude=-5.00, country="ENG")


class Town:
    """Northmoor with two providers, its neighbour Eastvale with one, and eight courses."""

    def __init__(self):
        self.northmoor, self.eastvale = AreaFactory(), AreaFactory(name="Eastvale")
        self.northfield = ProviderFactory(name="Northfield College", area=self.northmoor)
        self.southbank = ProviderFactory(name="Southbank Sixth Form", area=self.northmoor)
        self.eastgate = ProviderFactory(name="Eastgate Training", area=self.eastvale)
        self.near = SiteFactory(organisation=self.northfield, name="Hill Site", latitude=53.00, longitude=-1.50)
        self.far = SiteFactory(organisation=self.eastgate, name="Valley Site", latitude=53.10, longitude=-1.50)
        self.plumbing = self.course("Plumbing Level 2", "05.2", "2", self.northfield)
        self.run(self.plumbing, self.near, study_mode="full_time")
        self.run(self.plumbing, self.near, study_mode="part_time", pattern="evening", starts_on=dt.date(2027, 1, 11))
        self.heating = self.course("Plumbing and Heating", "05.2", "3", self.eastgate)
        self.run(self.heating, self.far)
        self.cars = self.course("Motor Vehicle Maintenance", "04.3", "1", self.northfield)
        self.run(self.cars, self.near)
        self.hair = self.course("Hairdressing", "07.3", "2", self.eastgate, types="nvq")
        self.run(self.hair, self.far, is_flexible_start=True, starts_on=None)
        self.computing = self.course("A Level Computer Science", "06.1", "3", self.southbank, types="a_level")
        self.run(self.computing, None, delivery="online")
        self.maths = self.course("Mathematics GCSE", "02.2", "12", self.southbank, types="gcse")
        self.animals = self.course(
            "Animal Management", "03.3", "3", self.eastgate, what_you_do="<p>Caring for reptiles</p>"
        )
        self.run(self.animals, self.far)
        self.draft = self.course("Secret Plumbing", "05.2", "2", self.northfield, state="draft")
        self.run(self.draft, self.near)
        refresh_search()

    def course(self, title, subject, levels, provider, types=None, **rest):
        return CourseFactory(
            title=title, subject_id=subject, levels=list(levels), provider=provider, qualification_type_id=types,
            summary="", **rest,
        )  # fmt: skip

    def run(self, course, site, **rest):
        return CourseRunFactory(course=course, site=site, **rest)


@ground
def town(reference):
    return Town()
