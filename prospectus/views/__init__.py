from prospectus.views.api import API_URLS, no_such_address, open_to_all
from prospectus.views.api_page import ApiView
from prospectus.views.areas import AreasView
from prospectus.views.course_list import (
    AreaCourseListPdfView,
    AreaCourseListView,
    ProviderCourseListPdfView,
    ProviderCourseListView,
)
from prospectus.views.courses import CourseView, LevelsView, ProviderView
from prospectus.views.desk import DeskCoursesView, DeskCourseView, NewCourseView
from prospectus.views.desk_forms import (
    BringBackCourseView,
    EditCourseView,
    PublishCourseView,
    RequirementsView,
    ShareCourseView,
    WithdrawCourseView,
)
from prospectus.views.desk_runs import (
    EditRunView,
    EndRunView,
    NewRunView,
    NewSiteView,
    PublishReadyView,
    PublishRunView,
)
from prospectus.views.health import CoursesConfirmView, HealthCoursesView, HealthView
from prospectus.views.health_area import (
    HealthAreaDownloadView,
    HealthAreaView,
    HealthNoticesView,
    HealthPauseView,
    HealthProviderView,
    HealthResumeView,
)
from prospectus.views.health_mend import CoursesMendView
from prospectus.views.home import HomeView
from prospectus.views.interest import InterestDownloadView, InterestView
from prospectus.views.map import MapView
from prospectus.views.open_data import (
    AreaFeedView,
    CoursesTableView,
    DictionaryView,
    OpenDataView,
    ProviderFeedView,
    RobotsView,
    sitemap_index,
    sitemap_part,
)
from prospectus.views.opening import ChangeOpeningView, OpeningView
from prospectus.views.partners import (
    ConsortiaView,
    EditConsortiumView,
    EndConsortiumView,
    JoinConsortiumView,
    LeaveConsortiumView,
    NewConsortiumView,
)
from prospectus.views.proforma import ProformaView
from prospectus.views.rollover import RollOverJobView, RollOverView
from prospectus.views.saved import (
    SavedSearchChangeView,
    SavedSearchesView,
    SavedSearchOpenView,
    SavedSearchRemoveView,
    SavedSearchSaveView,
    SavedSearchStopView,
)
from prospectus.views.search import CoursesView
from prospectus.views.shortlist import (
    ApplyView,
    CompareView,
    ShortlistKeepView,
    ShortlistNoteView,
    ShortlistRemoveView,
    ShortlistView,
)
from prospectus.views.start_now import StartNowView
from prospectus.views.together import TogetherView
from prospectus.views.wish import WishMadeView, WishView
from prospectus.views.words import (
    MissesDownloadView,
    MissesView,
    PhraseAddView,
    PhraseChangeView,
    PhraseDeleteView,
    PhrasesView,
    SynonymAddView,
    SynonymChangeView,
    SynonymDeleteView,
    SynonymsView,
    WhyView,
    WishesDownloadView,
    WishesView,
)

__all__ = [
    "API_URLS",
    "ApiView",
    "ApplyView",
    "AreaCourseListPdfView",
    "AreaCourseListView",
    "AreaFeedView",
    "AreasView",
    "BringBackCourseView",
    "ChangeOpeningView",
    "CompareView",
    "ConsortiaView",
    "CourseView",
    "CoursesConfirmView",
    "CoursesMendView",
    "CoursesTableView",
    "CoursesView",
    "DeskCourseView",
    "DeskCoursesView",
    "DictionaryView",
    "EditConsortiumView",
    "EditCourseView",
    "EditRunView",
    "EndConsortiumView",
    "EndRunView",
    "HealthAreaDownloadView",
    "HealthAreaView",
    "HealthCoursesView",
    "HealthNoticesView",
    "HealthPauseView",
    "HealthProviderView",
    "HealthResumeView",
    "HealthView",
    "HomeView",
    "InterestDownloadView",
    "InterestView",
    "JoinConsortiumView",
    "LeaveConsortiumView",
    "LevelsView",
    "MapView",
    "MissesDownloadView",
    "MissesView",
    "NewConsortiumView",
    "NewCourseView",
    "NewRunView",
    "NewSiteView",
    "OpenDataView",
    "OpeningView",
    "PhraseAddView",
    "PhraseChangeView",
    "PhraseDeleteView",
    "PhrasesView",
    "ProformaView",
    "ProviderCourseListPdfView",
    "ProviderCourseListView",
    "ProviderFeedView",
    "ProviderView",
    "PublishCourseView",
    "PublishReadyView",
    "PublishRunView",
    "RequirementsView",
    "RobotsView",
    "RollOverJobView",
    "RollOverView",
    "SavedSearchChangeView",
    "SavedSearchOpenView",
    "SavedSearchRemoveView",
    "SavedSearchSaveView",
    "SavedSearchStopView",
    "SavedSearchesView",
    "ShareCourseView",
    "ShortlistKeepView",
    "ShortlistNoteView",
    "ShortlistRemoveView",
    "ShortlistView",
    "StartNowView",
    "SynonymAddView",
    "SynonymChangeView",
    "SynonymDeleteView",
    "SynonymsView",
    "TogetherView",
    "WhyView",
    "WishMadeView",
    "WishView",
    "WishesDownloadView",
    "WishesView",
    "WithdrawCourseView",
    "no_such_address",
    "open_to_all",
    "sitemap_index",
    "sitemap_part",
]
