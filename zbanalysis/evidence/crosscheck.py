"""Whatever refers to a figure, tried at once: statements, evidence, texts."""

from __future__ import annotations

from pathlib import Path

from zbanalysis.data import check, package
from zbanalysis.errors import Problem
from zbanalysis.evidence import statements, tasks, texts


def require(folder: Path | str, undrawn: check.Undrawn | None = None) -> check.Folder:
    """A data folder in which nothing is wrong, in its tables or in what its cells refer to.

    `check.require` looks at each table and its keys; this also tries what is written in the cells:
    the expressions of statements, the figures that evidence names, the references in the bureau's texts.

    Parameters
    ----------
    folder
        A data folder.
    undrawn
        As for `check.require`.

    Raises
    ------
    InputError, DataError
        As `check.require`, with everything that is wrong: file, row or line, what stands there and
        what would be right.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> require(DATA).place == DATA
    True
    """
    return check.require(folder, undrawn, lambda found: problems(package.load(found)))


def problems(dataset: package.Dataset) -> list[Problem]:
    """Everything in a dataset that refers to what is not there."""
    return [*statements.problems(dataset), *tasks.problems(dataset), *texts.problems(dataset)]
