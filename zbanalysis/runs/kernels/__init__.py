"""Warm kernels: processes forked from one that has the analytical stack imported already.

An ordinary kernel spends seconds importing pandas, statsmodels and matplotlib before its
first cell.  Here one process imports them once (`server`), and each kernel is a copy of it
(`client`), made known to Jupyter as a kernel provisioner (`provisioner`).  Where a process
cannot be forked (Windows), or the environment variable ``ZBANALYSIS_KERNELS`` says ``cold``,
ordinary kernels are started instead.
"""

from __future__ import annotations

from zbanalysis.runs.kernels.client import Forked, ForkServer, available, shared, stop
from zbanalysis.runs.kernels.settings import NAME, settings

__all__ = ["NAME", "ForkServer", "Forked", "available", "settings", "shared", "stop"]
