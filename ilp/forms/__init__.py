from ilp.forms.contact import ContactForm
from ilp.forms.conversation import (
    CloseFlagForm,
    ManyForm,
    MessageForm,
    PhraseForm,
    ReportForm,
    RulesForm,
    SafeguardingForm,
)
from ilp.forms.document import AskDocumentForm, DocumentForm, SayForm, StartDocumentForm
from ilp.forms.entry import (
    ASKED,
    LATER,
    EntryForm,
    PickCourseForm,
    PlanFilterForm,
    PlanRuleForm,
    ReplyForm,
    WriteUpForm,
)
from ilp.forms.experience import AttendanceForm, BookingForm, CancelExperienceForm, ExperienceFilterForm, ExperienceForm
from ilp.forms.record import ConfirmActivityForm, CurrentActivityForm, FactForm
from ilp.forms.template import AnswerForm, AskForm, ContributionForm, QuestionForm, SectionForm, SeenForm
from ilp.forms.validating import TalkForm, ValidateForm, WaitingForm

__all__ = [
    "ASKED",
    "LATER",
    "AnswerForm",
    "AskDocumentForm",
    "AskForm",
    "AttendanceForm",
    "BookingForm",
    "CancelExperienceForm",
    "CloseFlagForm",
    "ConfirmActivityForm",
    "ContactForm",
    "ContributionForm",
    "CurrentActivityForm",
    "DocumentForm",
    "EntryForm",
    "ExperienceFilterForm",
    "ExperienceForm",
    "FactForm",
    "ManyForm",
    "MessageForm",
    "PhraseForm",
    "PickCourseForm",
    "PlanFilterForm",
    "PlanRuleForm",
    "QuestionForm",
    "ReplyForm",
    "ReportForm",
    "RulesForm",
    "SafeguardingForm",
    "SayForm",
    "SectionForm",
    "SeenForm",
    "StartDocumentForm",
    "TalkForm",
    "ValidateForm",
    "WaitingForm",
    "WriteUpForm",
]
