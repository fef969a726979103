"""A notebook that no longer shows what is committed says which indicator, which column, and what to do."""

import gc
import os

from nbval.plugin import IPyNbCell
from notebook_differences import explain

# Tests run side by side: threads of each process would only get in each other's way.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
# Searching for what nobody holds was a tenth of the time of a test that works with frames.
gc.set_threshold(50_000, 20, 100)


def _format(cell: IPyNbCell, key: str, left: str, right: str) -> None:
    cell.comparison_traceback.append(explain(cell.cell.get("id", ""), key, left, right))


IPyNbCell.format_output_compare = _format
