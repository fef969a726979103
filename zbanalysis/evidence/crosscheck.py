"""Whatever refers to a figure, tried at once: statements, evidence, texts, course of an evaluation."""

from __future__ import annotations

from zbanalysis.data import package
from zbanalysis.errors import DataError
from zbanalysis.evidence import audit, course, tasks, texts


def crosscheck(dataset: package.Dataset) -> None:
    """Refuse a data folder in which something refers to what is not there.

    `package.load` checks each table by itself and by its keys; this tries what is written in the
    cells: the expressions of statements, the figures that evidence names, the references in the
    bureau's texts, and the days of the evaluation.

    Parameters
    ----------
    dataset
        From `package.load`.

    Raises
    ------
    DataError
        With everything that is wrong: file, row or line, what stands there and what would be right.

    Examples
    --------
    >>> crosscheck(package.load())
    """
    problems = [
        *audit.problems(dataset),
        *tasks.problems(dataset),
        *texts.problems(dataset),
        *course.problems(dataset),
    ]
    if problems:
        raise DataError(problems)
