"""A notebook that no longer shows what is committed says which indicator, which column, and what to do."""

from nbval.plugin import IPyNbCell
from notebook_differences import explain


def _format(cell: IPyNbCell, key: str, left: str, right: str) -> None:
    cell.comparison_traceback.append(explain(cell.cell.get("id", ""), key, left, right))


IPyNbCell.format_output_compare = _format
