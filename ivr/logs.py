"""Logs: one line per entry on stderr, readable on a terminal, JSON otherwise."""

import logging
import sys

import structlog


def configure_logs() -> None:
    """To be called once, by the command that runs a server."""
    # Plain tracebacks: the default ones print local variables, and so what callers typed.
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
