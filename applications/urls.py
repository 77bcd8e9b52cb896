from django.urls import path

from applications.views import (
    admissions,
    answers,
    from_plan,
    grades,
    learner,
    outside,
    questions,
    school,
    sending,
    standing,
    written,
)

app_name = "applications"

OWN = "my-application"
FORM = f"{OWN}/<str:reference>"
CHOICE = f"{OWN}/choices/<str:reference>"
DESK = "desk/applications"
RECEIVED = f"{DESK}/<str:reference>"
SCHOOL = "desk/endorsements"

urlpatterns = [
    path(f"{OWN}/", standing.HomeView.as_view(), name="home"),
    path(f"{OWN}/add/<str:reference>/", learner.AddRunView.as_view(), name="add-run"),
    path(f"{FORM}/profile/", written.ProfileView.as_view(), name="profile"),
    path(f"{FORM}/print/", written.PrintView.as_view(), name="profile-print"),
    path(f"{FORM}/about/", written.AboutView.as_view(), name="about"),
    path(f"{FORM}/contact/", written.ContactView.as_view(), name="contact"),
    path(f"{FORM}/statement/", written.StatementView.as_view(), name="statement"),
    path(f"{FORM}/statement/take/", from_plan.StatementTakeView.as_view(), name="statement-take"),
    path(f"{FORM}/help/", written.NeedsView.as_view(), name="needs"),
    path(f"{FORM}/grades/", grades.GradesView.as_view(), name="grades"),
    path(f"{FORM}/grades/from-school/", grades.SchoolGradesView.as_view(), name="school-grades-take"),
    path(f"{OWN}/grades/<str:reference>/change/", grades.GradeChangeView.as_view(), name="grade-change"),
    path(f"{OWN}/grades/<str:reference>/remove/", grades.GradeRemoveView.as_view(), name="grade-remove"),
    path(f"{FORM}/plan/", from_plan.PlanEntriesView.as_view(), name="plan-entries"),
    path(f"{FORM}/sections/<slug:section>/mark/", written.SectionMarkView.as_view(), name="section-mark"),
    path(f"{FORM}/sections/<slug:section>/keep/", written.SectionKeepView.as_view(), name="section-keep"),
    path(f"{OWN}/drafts/<str:reference>/drop/", written.SectionDraftDropView.as_view(), name="section-draft-drop"),
    path(f"{CHOICE}/", standing.ChoiceView.as_view(), name="choice"),
    path(f"{CHOICE}/edit/", learner.ChoiceEditView.as_view(), name="choice-edit"),
    path(f"{CHOICE}/send/", sending.SendView.as_view(), name="choice-send"),
    path(f"{CHOICE}/questions/", sending.AnswerQuestionsView.as_view(), name="questions-answer"),
    path(f"{CHOICE}/questions/keep/", sending.QuestionsKeepView.as_view(), name="questions-keep"),
    path(f"{FORM}/send/", sending.SendSeveralView.as_view(), name="choices-send"),
    path(f"{OWN}/apply/<str:reference>/", sending.ApplyView.as_view(), name="apply"),
    path(f"{CHOICE}/accept/", answers.AcceptView.as_view(), name="choice-accept"),
    path(f"{CHOICE}/hold/", answers.HoldView.as_view(), name="choice-hold"),
    path(f"{CHOICE}/turn-down/", answers.TurnDownView.as_view(), name="choice-turn-down"),
    path(f"{CHOICE}/withdraw/", answers.WithdrawView.as_view(), name="choice-withdraw"),
    path(f"{CHOICE}/suggestion/", answers.ReferralView.as_view(), name="choice-referral"),
    path("desk/questions/", questions.QuestionListView.as_view(), name="questions"),
    path(
        "desk/questions/<str:reference>/<int:entry_year>/ask/",
        questions.QuestionAskView.as_view(),
        name="question-ask",
    ),
    path("desk/questions/<str:reference>/change/", questions.QuestionChangeView.as_view(), name="question-change"),
    path("desk/questions/<str:reference>/end/", questions.QuestionEndView.as_view(), name="question-end"),
    path(f"{DESK}/", admissions.ReceivedListView.as_view(), name="received"),
    path(f"{RECEIVED}/", admissions.ReceivedChoiceView.as_view(), name="received-choice"),
    path(f"{RECEIVED}/invite/", admissions.InviteView.as_view(), name="choice-invite"),
    path(f"{RECEIVED}/cancel-interview/", admissions.CancelInterviewView.as_view(), name="choice-cancel-interview"),
    path(f"{RECEIVED}/put-on-reserve/", admissions.PutOnReserveView.as_view(), name="choice-put-on-reserve"),
    path(f"{RECEIVED}/refuse/", admissions.RefuseView.as_view(), name="choice-refuse"),
    path(f"{RECEIVED}/refer/", admissions.ReferView.as_view(), name="choice-refer"),
    path(f"{RECEIVED}/offer/", admissions.OfferView.as_view(), name="choice-offer"),
    path(f"{RECEIVED}/change-offer/", admissions.ChangeOfferView.as_view(), name="choice-change-offer"),
    path(f"{RECEIVED}/withdraw-offer/", admissions.WithdrawOfferView.as_view(), name="choice-withdraw-offer"),
    path(f"{RECEIVED}/confirm/", admissions.ConfirmView.as_view(), name="choice-confirm"),
    path(f"{RECEIVED}/fail-conditions/", admissions.FailConditionsView.as_view(), name="choice-fail-conditions"),
    path(f"{RECEIVED}/enrol/", admissions.EnrolView.as_view(), name="choice-enrol"),
    path(f"{RECEIVED}/no-show/", admissions.NoShowView.as_view(), name="choice-no-show"),
    path(f"{RECEIVED}/withdraw/", admissions.WithdrawForLearnerView.as_view(), name="received-withdraw"),
    path(
        "desk/learners/<str:reference>/outside-offer/",
        outside.RecordOutsideOfferView.as_view(),
        name="outside-offer-record",
    ),
    path("desk/outside-offers/<str:reference>/end/", outside.EndOutsideOfferView.as_view(), name="outside-offer-end"),
    path(f"{SCHOOL}/", school.EndorsementListView.as_view(), name="endorsements"),
    path(f"{SCHOOL}/endorse/", school.EndorseManyView.as_view(), name="endorsements-endorse"),
    path(f"{SCHOOL}/report/", school.EndorsementReportView.as_view(), name="endorsements-report"),
    path(f"{SCHOOL}/<str:reference>/", school.EndorsementView.as_view(), name="endorsement"),
    path(f"{SCHOOL}/<str:reference>/endorse/", school.EndorseView.as_view(), name="choice-endorse"),
    path(f"{SCHOOL}/<str:reference>/give-back/", school.GiveBackView.as_view(), name="choice-give-back"),
]
