"""What a run does when it is told to stop: it ends as after an error, leaving nothing half-made."""

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

STOPS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
)


class Terminated(BaseException):
    """The process was told to stop, by the signal ``number``."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"told to stop by {signal.Signals(self.number).name}"


def stoppable() -> contextlib.AbstractContextManager[None]:
    """Let a signal that asks to stop end the work as an interrupt does.

    One that was ignored when the process began (``nohup``) stays ignored.
    """

    def stop(number: int, _: Any) -> None:
        raise Terminated(number)

    heard = [number for number in STOPS if signal.getsignal(number) is not signal.SIG_IGN]
    return _handled(dict.fromkeys(heard, stop) | {signal.SIGINT: signal.default_int_handler})


def unstoppable() -> contextlib.AbstractContextManager[None]:
    """Let nothing come between a run's appearance and its line in the index."""
    return _handled(dict.fromkeys((*STOPS, signal.SIGINT), signal.SIG_IGN))


@contextlib.contextmanager
def _handled(handlers: dict[signal.Signals, Any]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
