"""Every real file of courses or providers ends in data or in one sentence, whatever its name says it is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activity.actions import run_job
from core.errors import RuleBroken
from prospectus.models import Course, CourseRun
from providers.actions import receive_upload
from providers.models import Upload
from tests.factories import ProviderFactory, StaffRoleFactory

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NO_HEADINGS = "No row of this file has headings that are known here"
WHICH = "It is not clear which column holds the title of each course."
NO_CATALOGUE = "This is XML, but not an XCRI-CAP 1.1 or 1.2 catalogue."
# What comes of each: its courses, their runs and what would be added, or the beginning of the sentence.
ENDS = {
    "post16_provider_portal_2018/C_PROVIDERS.csv": NO_HEADINGS,
    "fe_colleges_register_2018/List of FE Colleges UK-wide 30 Oct 2018.xlsx": NO_HEADINGS,
    "fe_colleges_register_2018/further-education-college-uk.tsv": NO_HEADINGS,
    "t_level_providers_2021/providers.json": NO_HEADINGS,
    "t_level_providers_2021/qualifications.json": NO_HEADINGS,
    "t_level_providers_2021/tleveldefinitions.json": NO_HEADINGS,
    "ncs_job_profiles/JobProfiles0.recipe.json": NO_HEADINGS,
    "ncs_job_profiles/job_profiles.csv": NO_HEADINGS,
    "ncs_job_profiles/soc_codes.csv": NO_HEADINGS,
    "dfe_schools_spine_2018/2017-2018_england_spine.xlsx": NO_HEADINGS,
    "dfe_schools_spine_2018/post16_establishments.csv": NO_HEADINGS,
    "la_ccis_census_extracts/census_original_jan22.csv": NO_HEADINGS,  # lists of young people are kept nowhere
    "la_ccis_census_extracts/ccis_original_mar22.csv": NO_HEADINGS,
    "nccis_sample_return/test1.csv": NO_HEADINGS,
    "xcri_small_examples/ExamplePGSummarySpreadsheet.xls": WHICH,  # an older workbook about XCRI-CAP
    "xcri_small_examples/SummarySpreadsheet1.1.xls": WHICH,
    "xcri_small_examples/PG_Generic_XCRI-CAP-1.2.xml": (1, 1, 2),
    "xcri_small_examples/lincoln_xcri.xml": (5, 5, 8),
    "xcri_small_examples/wychwolf-moodle.xml": (1, 1, 2),
    "xcri_open_university/ou-conversion_xcri_1_2.xml": (965, 1034, 1999),
    "xcri_open_university/ou-example_xcri_1_1.xml": (2, 4, 6),
    "xcri_adam_smith_college/adamsmith_xcri_1_1_2009.xml": (537, 1317, 1854),
    "xcri_adam_smith_college/adamsmith_xcri_1_2_2012_charset_issue.xml": (334, 791, 1125),
    "xcri_schemas/mlo_test.xml": NO_CATALOGUE,
    "xcri_schemas/vocabularies/studyMode2_1.xml": NO_CATALOGUE,
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def role(reference):
    return StaffRoleFactory(organisation=ProviderFactory(name="Northfield College", ukprn=""), kind="editor")


def ended(role, path):
    """How handing the file over ended, having been checked: its counts, or the sentence."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    try:
        upload = receive_upload(
            kind="courses", organisation=role.organisation, file=file, file_name=path.name, by=role.user
        )
    except RuleBroken as refused:
        assert not Upload.objects.exists()
        return refused.message
    run_job(upload.job_id)
    upload.refresh_from_db()
    if upload.state == "refused":
        return upload.refusal
    assert upload.state in ("checked", "held")
    return upload.counts["courses"], upload.counts["runs"], upload.counts["added"]


@pytest.mark.parametrize("name", list(ENDS))
def test_it_ends_in_data_or_in_a_sentence(role, shared_data, name):
    came_of_it = ended(role, shared_data / name)

    if isinstance(ENDS[name], str):
        assert came_of_it.startswith(ENDS[name])
    else:
        assert came_of_it == ENDS[name]
    assert (Course.objects.count(), CourseRun.objects.count()) == (0, 0)  # nobody has confirmed anything
