"""The queue that needs no server: Celery's filesystem transport, made to survive what happens to folders.

Messages only wake workers up, so losing some costs seconds; a queue that cannot be used any more would cost the day.
"""

import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

NAME = "folder"
QUEUE = "celery"
WEBHOOKS = "webhooks"  # for what may wait ten seconds for somebody else's computer
QUEUES = (QUEUE, WEBHOOKS)


class Channel(filesystem.Channel):
    """Makes its folders anew when they are gone, and shows a message to readers only when all of it is written."""

    @property
    def data_folder_in(self) -> str:
        return self._folder("data_folder_in")

    @property
    def data_folder_out(self) -> str:
        return self._folder("data_folder_out")

    @property
    def control_folder(self) -> Path:
        return Path(self._folder("control_folder"))

    def _folder(self, option: str) -> str:
        folder: str = self.transport_options[option]
        Path(folder).mkdir(parents=True, exist_ok=True)
        return folder

    def get_table(self, exchange: str) -> Any:
        """Which queues an exchange feeds. Our own are known by heart, should their files be lost."""
        known = super().get_table(exchange)
        return known or ([filesystem.exchange_queue_t(exchange, "", exchange)] if exchange in QUEUES else [])

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{int(filesystem.monotonic() * 1000)}_{uuid.uuid4()}.{queue}"
        try:
            (folder / f"{name}.part").write_text(dumps(payload), encoding="utf-8")
            (folder / f"{name}.part").replace(folder / f"{name}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}") from error


class Transport(filesystem.Transport):
    Channel = Channel


def register() -> None:
    """From now on ``folder://`` is an address for a broker."""
    TRANSPORT_ALIASES[NAME] = f"{__name__}:{Transport.__name__}"
