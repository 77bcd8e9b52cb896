"""The one way out: whatever the portal asks of an address that somebody typed, it asks through here."""

from core.outgoing.addresses import AskRefused, Target, look_at_address, public_addresses_of
from core.outgoing.asking import Answer, AskFailed, Limits, ask

__all__ = ["Answer", "AskFailed", "AskRefused", "Limits", "Target", "ask", "look_at_address", "public_addresses_of"]
