"""Run a stage's tasks: here, in a pool of processes, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, TypeVar, cast

import pyarrow as pa

from geocairn.errors import GeocairnError
from geocairn.lean import without_pandas
from geocairn.swap import undisturbed

__all__ = ["Runner", "open_runner"]

_PATIENCE = 10
Task = TypeVar("Task")
Result = TypeVar("Result")


class Runner:
    """Runs tasks on an executor that is started only when there is enough to do.

    Args:
        jobs: Number of processes; 1 runs everything here.
        start: Starts the executor.
    """

    def __init__(self, jobs: int, start: Callable[[], Executor] | None) -> None:
        self.jobs = jobs
        self._start = start
        self._executor: Executor | None = None

    def warm(self) -> None:
        """Start the executor while there is something else to do; work is sure to come."""
        if self._start is not None:
            self._executor = self._executor or self._start()

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], *, parallel: bool
    ) -> Iterator[Result]:
        """Apply a function to every task; results come as they are ready.

        Args:
            function: A module-level function of one argument.
            tasks: Small, picklable arguments.
            parallel: Whether the work is worth other processes.
        """
        if not parallel or self._start is None:
            yield from map(function, tasks)
            return
        waiting = iter(tasks)
        # Processes that are interrupted while they start say so at length.
        with undisturbed():
            self._executor = self._executor or self._start()
            # A few tasks more than processes keep everyone busy without piling up results.
            running = {self._submit(function, task) for task in islice(waiting, self.jobs * 2)}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {self._submit(function, task) for task in islice(waiting, len(done))}
                for future in done:
                    yield future.result()
        except BrokenExecutor as error:
            raise GeocairnError(
                "a process ended before its work was done, as when memory runs out",
                remedy="Build again with fewer --jobs.",
            ) from error
        finally:
            # A pool's processes are ended instead, and its thread trips over what was cancelled.
            if not isinstance(self._executor, _Pool):
                for future in running:
                    future.cancel()

    def _submit(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        assert self._executor is not None
        return self._executor.submit(function, task)

    def close(self, *, at_once: bool = False) -> None:
        """Stop the executor; at once, if nobody wants what is still running."""
        if at_once and isinstance(self._executor, _Pool):
            self._executor.abandon()
        if self._executor is not None:
            self._executor.shutdown()


@contextmanager
def open_runner(*, jobs: int | None, dask: str | None) -> Iterator[Runner]:
    """A runner for the time of a build.

    Args:
        jobs: Number of processes; None takes one a processor.
        dask: Address of a Dask scheduler whose workers share this file system.

    Raises:
        GeocairnError: If the Dask cluster cannot be reached.
    """
    count = jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or 2
    with ExitStack() as stack:
        if dask:
            runner = _dask_runner(dask, stack)
        else:
            runner = Runner(count, (lambda: _Pool(count)) if count > 1 else None)
        try:
            yield runner
        except BaseException:
            runner.close(at_once=True)
            raise
        runner.close()


_PRELOADED = ["geocairn.build.prepare", "geocairn.build.assemble"]


class _Pool(ProcessPoolExecutor):
    """Processes that leave Ctrl-C to the one that started them, and end when that one does."""

    def __init__(self, jobs: int) -> None:
        # Forking a process that has threads may deadlock; a fork server has none.
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            context.set_forkserver_preload(_PRELOADED)
            _start_forkserver()
        watched, self._alive = context.Pipe(duplex=False)
        super().__init__(jobs, mp_context=context, initializer=_work_for, initargs=(watched,))

    def abandon(self) -> None:
        """End the processes, whatever they are at."""
        self._alive.close()


def _start_forkserver() -> None:
    """Start the server that forks the workers, with Ctrl-C blocked in it and in all of them."""
    from multiprocessing import forkserver, resource_tracker

    # The server would start it, and that unblocks Ctrl-C.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work_for(starter: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(starter,), daemon=True).start()
    with without_pandas():
        pa.array([0])


def _end_with(starter: Connection) -> None:
    # Nothing is ever sent: this waits until the other end is closed, or its process is dead.
    with suppress(EOFError, OSError):
        starter.recv()
    os._exit(1)


def _dask_runner(address: str, stack: ExitStack) -> Runner:
    try:
        from distributed import Client
    except ImportError:
        raise GeocairnError(
            "--dask needs the package distributed",
            remedy="Install it with: pip install 'geocairn[dask]'",
        ) from None
    try:
        client: Any = stack.enter_context(cast(Any, Client)(address, timeout=_PATIENCE))
    except (OSError, ValueError) as error:
        raise GeocairnError(
            f"no Dask scheduler answers: {error}",
            where=address,
            remedy="Start one with `dask scheduler`, and give its address.",
        ) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise GeocairnError(
            "the Dask cluster has no workers",
            where=address,
            remedy="Start some with `dask worker`, and give them this address.",
        ) from None
    return Runner(sum(client.nthreads().values()), client.get_executor)
