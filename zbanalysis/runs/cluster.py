"""The same work on other machines: orders go to a Dask cluster, deliveries come back as bytes.

Workers need this program and its packages, in the same version, and nothing else: data travel
with the order.  A worker that dies has its order given to another by the scheduler.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.runs import fingerprint, report

CONNECT_LIMIT = 15
"""Seconds within which a scheduler must answer."""

TRIES = 3
"""How often an order is given out whose worker met a fault that is not its own."""


@dataclass(frozen=True)
class Answer:
    """What a worker sends back: a delivery, or an error with the notebooks as far as they came."""

    delivery: report.Delivery | None
    message: str = ""
    exit_code: int = 1
    partial: tuple[tuple[str, bytes], ...] = ()


@contextmanager
def connect(address: str) -> Iterator[tuple[Callable, int]]:
    """A function that does the work of `report.run_order` on a cluster, and how many orders at once.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        If no scheduler answers there, or it has no workers, or the package is not installed.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise InputError(
            "--scheduler needs the package distributed; install it with: pip install 'zbanalysis[cluster]'."
        ) from None
    _ask(address)
    client = Client(address, timeout=CONNECT_LIMIT, set_as_default=False)
    try:
        threads = sum(client.nthreads().values())
        if not threads:
            raise InputError(f"--scheduler {address} has no workers; start some with: dask worker {address}.")
        yield _performer(client), threads
    finally:
        client.close()


def _ask(address: str) -> None:
    """Is it a scheduler that answers there?  A client would wait for ever for one who is silent."""
    import asyncio

    from distributed.core import rpc
    from distributed.security import Security

    async def identity() -> dict:
        # The certificates of Dask's own configuration, as its client takes them.
        certificates = Security().get_connection_args("client")
        if address.startswith("tls:") and certificates.get("ssl_context") is None:
            raise InputError(
                f"--scheduler {address}: Dask's configuration names no certificates; "
                "set distributed.comm.tls there (ca-file and client.cert)."
            )
        other = rpc(address, timeout=CONNECT_LIMIT, connection_args=certificates)
        try:
            return await other.identity()
        finally:
            await other.close_rpc()

    try:
        kind = asyncio.run(asyncio.wait_for(identity(), CONNECT_LIMIT))["type"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        kind = type(error).__name__
    if kind != "Scheduler":
        raise InputError(
            f"--scheduler {address}: no Dask scheduler answers there ({kind}); "
            "give its address, such as tcp://10.0.0.5:8786."
        )


def _performer(client: Any) -> Callable:
    from distributed import KilledWorker  # the scheduler gave up: the order killed worker after worker

    expected = version()

    def perform(order: report.Order, place: Path, _: int, say: Callable, keep: Callable) -> report.Delivery:
        say(f"{order.name}: handed to the cluster")
        try:
            future = client.submit(remote, order, expected, pure=False, retries=TRIES - 1)
            answer = future.result()
        except KilledWorker:
            raise InfrastructureError(f"{order.name}: every worker that had it died.") from None
        except (OSError, CancelledError) as error:
            raise InfrastructureError(
                f"{order.name}: the cluster is gone ({type(error).__name__}); start it, then run again."
            ) from None
        except ModuleNotFoundError as error:
            raise ZbError(
                f"A worker has no {error.name}; install the same program on every machine."
            ) from None
        return _taken(answer, place, keep)

    return perform


def _taken(answer: Answer, place: Path, keep: Callable) -> report.Delivery:
    if answer.delivery is None:
        for name, content in answer.partial:
            (place / name).write_bytes(content)
        error = ZbError(answer.message.replace("{place}", str(place)))
        error.exit_code = answer.exit_code
        raise error
    for notebook, made in answer.delivery.made.items():
        keep(notebook, made)
    return answer.delivery


def remote(order: report.Order, expected: str) -> Answer:
    """Do an order on a worker.

    Raises
    ------
    InfrastructureError
        If a kernel died; the scheduler then tries again, perhaps elsewhere.
    """
    if version() != expected:
        return Answer(None, "A worker has another version of zbanalysis; install the same on every machine.")
    # Dask's processes are daemons, to which multiprocessing forbids children lest they be left; ours end
    # with whoever asked for them.
    multiprocessing.current_process()._config["daemon"] = False
    with tempfile.TemporaryDirectory(prefix="zb-") as folder:
        place = Path(folder)
        try:
            return Answer(report.run_order(order, place))
        except InfrastructureError:
            raise
        except ZbError as error:
            partial = tuple((path.name, path.read_bytes()) for path in sorted(place.glob("*.ipynb")))
            return Answer(None, str(error).replace(folder, "{place}"), error.exit_code, partial)


def version() -> str:
    """One name for the program and its packages; machines with the same make the same bytes."""
    return fingerprint.key(
        [fingerprint.digests(), fingerprint.environment()["python"], fingerprint.versions()]
    )
