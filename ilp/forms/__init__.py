from ilp.forms.contact import ContactForm
from ilp.forms.conversation import CloseFlagForm, MessageForm, PhraseForm, ReportForm, RulesForm, SafeguardingForm
from ilp.forms.entry import ASKED, LATER, EntryForm, PickCourseForm, PlanFilterForm, PlanRuleForm, ReplyForm
from ilp.forms.record import ConfirmActivityForm, CurrentActivityForm, FactForm
from ilp.forms.validating import TalkForm, ValidateForm, WaitingForm

__all__ = [
    "ASKED",
    "LATER",
    "CloseFlagForm",
    "ConfirmActivityForm",
    "ContactForm",
    "CurrentActivityForm",
    "EntryForm",
    "FactForm",
    "MessageForm",
    "PhraseForm",
    "PickCourseForm",
    "PlanFilterForm",
    "PlanRuleForm",
    "ReplyForm",
    "ReportForm",
    "RulesForm",
    "SafeguardingForm",
    "TalkForm",
    "ValidateForm",
    "WaitingForm",
]
