from typing import Any

from core.policies import Policy, the_service
from providers.uploads import KINDS


def acts_for_its_organisation(user: Any, upload: Any) -> bool:
    """May hand over files of this kind for this organisation today."""
    return KINDS[upload.kind].organisations_for(user).filter(pk=upload.organisation_id).exists()


UPLOAD_POLICY = Policy(
    {
        "receive": acts_for_its_organisation,
        "confirm": acts_for_its_organisation,
        "abandon": acts_for_its_organisation,
        "check": the_service,
        "hold": the_service,
        "publish": the_service,
        "refuse": the_service,
        "ask_undo": acts_for_its_organisation,
        "undo": the_service,
    }
)
