from django.urls import path

from reporting.views import (
    areas,
    caseload,
    cohorts,
    destinations,
    guarantee,
    learner,
    saved_cohorts,
    statuses,
    take_up,
)

app_name = "reporting"
urlpatterns = [
    path("desk/caseload/", caseload.CaseloadView.as_view(), name="caseload"),
    path("desk/caseload/write/", caseload.PickForMessageView.as_view(), name="caseload-write"),
    path("desk/caseload/visits/", caseload.VisitSheetView.as_view(), name="visit-sheet"),
    path("desk/caseload/<slug:reference>/contact/", caseload.QuickContactView.as_view(), name="caseload-contact"),
    path("desk/caseload/steps/<slug:reference>/done/", caseload.FinishStepView.as_view(), name="step-finish"),
    path("desk/learners/<slug:reference>/", learner.LearnerView.as_view(), name="learner"),
    path("desk/learners/<slug:reference>/guarantee/", statuses.RecordStatusView.as_view(), name="guarantee-status"),
    path("desk/guarantee/", guarantee.GuaranteeView.as_view(), name="guarantee"),
    path("desk/guarantee/year-<int:year_group>/", guarantee.GuaranteeLearnersView.as_view(), name="guarantee-learners"),
    path("desk/guarantee/areas/", areas.AreasView.as_view(), name="guarantee-areas"),
    path("desk/guarantee/codes/", statuses.StatusesView.as_view(), name="guarantee-statuses"),
    path("desk/guarantee/codes/<slug:code>/", statuses.StatusWordsView.as_view(), name="guarantee-status-words"),
    path(
        "desk/guarantee/status/<slug:reference>/take-back/",
        statuses.TakeBackStatusView.as_view(),
        name="guarantee-status-take-back",
    ),
    path("desk/cohorts/", cohorts.CohortView.as_view(), name="cohorts"),
    path("desk/cohorts/file/", cohorts.CohortDownloadView.as_view(), name="cohort-download"),
    path("desk/cohorts/names/", cohorts.CohortNamesView.as_view(), name="cohort-names"),
    path("desk/take-up/", take_up.TakeUpView.as_view(), name="take-up"),
    path("desk/take-up/file/", take_up.TakeUpDownloadView.as_view(), name="take-up-download"),
    path("desk/destinations/", destinations.DestinationsView.as_view(), name="destinations"),
    path("desk/destinations/file/", destinations.DestinationsDownloadView.as_view(), name="destination-download"),
    path("desk/destinations/names/", destinations.DestinationNamesView.as_view(), name="destination-names"),
    path("desk/cohorts/saved/", saved_cohorts.SavedCohortsView.as_view(), name="saved-cohorts"),
    path("desk/cohorts/save/", saved_cohorts.SaveCohortView.as_view(), name="cohort-save"),
    path("desk/cohorts/saved/<str:reference>/", saved_cohorts.ChangeCohortView.as_view(), name="cohort-change"),
    path("desk/cohorts/saved/<str:reference>/end/", saved_cohorts.EndCohortView.as_view(), name="cohort-end"),
]
