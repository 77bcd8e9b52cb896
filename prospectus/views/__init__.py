from prospectus.views.api import API_URLS, no_such_address, open_to_all
from prospectus.views.api_page import ApiView
from prospectus.views.areas import AreasView
from prospectus.views.columns import ExplainColumnsView
from prospectus.views.course_list import (
    AreaCourseListPdfView,
    AreaCourseListView,
    ProviderCourseListPdfView,
    ProviderCourseListView,
)
from prospectus.views.courses import CourseView, LevelsView, ProviderView
from prospectus.views.descriptions import (
    DescriptionCheckView,
    DescriptionReturnView,
    DescriptionsCheckView,
    DescriptionsView,
    DescriptionView,
)
from prospectus.views.desk import DeskCoursesView, DeskCourseView, NewCourseView
from prospectus.views.desk_forms import (
    BringBackCourseView,
    EditCourseView,
    PartsView,
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
from prospectus.views.feeds import (
    DeskFeedsView,
    DeskFeedView,
    FeedAddView,
    FeedEndView,
    FeedFetchView,
    FeedPauseView,
    FeedResumeView,
    FeedTryView,
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
from prospectus.views.health_rules import ClosureAddView, ClosureRemoveView, FreshnessRulesView, FreshnessRuleView
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
from prospectus.views.opening import ChangeOpeningView, OpeningRunsView, OpeningView, SetOpeningView
from prospectus.views.paper import PaperListView
from prospectus.views.partners import (
    ConsortiaView,
    EditConsortiumView,
    EndConsortiumView,
    JoinConsortiumView,
    LeaveConsortiumView,
    NewConsortiumView,
)
from prospectus.views.profile import EditProfileView
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
from prospectus.views.sites import EditSiteView, EndSiteView, MergeSiteView, SitesView
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
    "ClosureAddView",
    "ClosureRemoveView",
    "CompareView",
    "ConsortiaView",
    "CourseView",
    "CoursesConfirmView",
    "CoursesMendView",
    "CoursesTableView",
    "CoursesView",
    "DescriptionCheckView",
    "DescriptionReturnView",
    "DescriptionView",
    "DescriptionsCheckView",
    "DescriptionsView",
    "DeskCourseView",
    "DeskCoursesView",
    "DeskFeedView",
    "DeskFeedsView",
    "DictionaryView",
    "EditConsortiumView",
    "EditCourseView",
    "EditProfileView",
    "EditRunView",
    "EditSiteView",
    "EndConsortiumView",
    "EndRunView",
    "EndSiteView",
    "ExplainColumnsView",
    "FeedAddView",
    "FeedEndView",
    "FeedFetchView",
    "FeedPauseView",
    "FeedResumeView",
    "FeedTryView",
    "FreshnessRuleView",
    "FreshnessRulesView",
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
    "MergeSiteView",
    "MissesDownloadView",
    "MissesView",
    "NewConsortiumView",
    "NewCourseView",
    "NewRunView",
    "NewSiteView",
    "OpenDataView",
    "OpeningRunsView",
    "OpeningView",
    "PaperListView",
    "PartsView",
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
    "SetOpeningView",
    "ShareCourseView",
    "ShortlistKeepView",
    "ShortlistNoteView",
    "ShortlistRemoveView",
    "ShortlistView",
    "SitesView",
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
