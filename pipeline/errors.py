"""The exceptions of Newsledger, each with the exit code the command line ends with.

NewsledgerError (1)
├── UsageError (2)         a wrong argument, setting or path
├── LexiconError (2)       a lexicon file breaks its own rules
├── ModelError (2)         a language model cannot be loaded or lacks what a stage needs
├── DeclarationError (2)   stages contradict each other: two write one table, or one reads what none writes
├── ReadError (3)          one article or file cannot be read; goes to `failures`
├── StageError (3)         a stage failed on one article; goes to `failures`
├── StoreError (1)         tables on disk are broken or of another version
└── LockedError (75)       another run holds the lock
"""

from __future__ import annotations


class NewsledgerError(Exception):
    """Base: says what happened; `remedy` says what the user can do."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)  # both, so that the exception survives pickling between processes
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return self.message


class UsageError(NewsledgerError):
    exit_code = 2


class LexiconError(NewsledgerError):
    exit_code = 2


class ModelError(NewsledgerError):
    exit_code = 2


class DeclarationError(NewsledgerError):
    exit_code = 2


class ReadError(NewsledgerError):
    exit_code = 3


class StageError(NewsledgerError):
    exit_code = 3


class StoreError(NewsledgerError):
    exit_code = 1


class LockedError(NewsledgerError):
    exit_code = 75
