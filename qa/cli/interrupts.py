"""Ctrl-C, and what else ends a process: whatever it has laid aside is taken away."""

import signal


def comes_from_ctrl_c(error: BaseException | None) -> bool:
    """A library that is being imported turns Ctrl-C into an ImportError of its own."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def end_as_ctrl_c_does() -> None:
    """Take SIGTERM and SIGHUP for Ctrl-C."""

    def interrupt(number: int, _: object) -> None:
        raise KeyboardInterrupt(f"ended by {signal.Signals(number).name}")

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` lets it be ignored
            signal.signal(number, interrupt)
