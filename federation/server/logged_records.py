"""What loggers say in the server, as lines of its log: warnings of the library, and of OpenTelemetry where a collector is away."""

from __future__ import annotations

import logging
from typing import Final

from federation.server.access_log import AccessLog

_OWN: Final = "federation"


class LoggedRecords(logging.Handler):
    """Writes warnings and errors of every logger to the log of the server, each as one line of JSON.

    Of loggers of other packages the text is written as it stands in their code, without the values that belong in it: nobody here can tell
    what these hold.
    """

    def __init__(self, log: AccessLog) -> None:
        """Write to *log*."""
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write *record*."""
        own = record.name.partition(".")[0] == _OWN
        text = record.getMessage() if own else str(record.msg)
        self._log.tell("logged", logger=record.name, level=record.levelname, text=text.partition("\n")[0])


def attach(log: AccessLog) -> None:
    """Write what loggers of this process say to *log* from now on."""
    logging.getLogger().addHandler(LoggedRecords(log))
