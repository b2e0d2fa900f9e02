"""Run a stage's tasks: here, in a pool of processes, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, TypeVar, cast

from geocairn.errors import GeocairnError

__all__ = ["Runner", "open_runner"]

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
        self._executor = self._executor or self._start()
        waiting = iter(tasks)
        # A few tasks more than processes keep everyone busy without piling up results.
        running = {self._submit(function, task) for task in islice(waiting, self.jobs * 2)}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {self._submit(function, task) for task in islice(waiting, len(done))}
                for future in done:
                    yield future.result()
        finally:
            for future in running:
                future.cancel()

    def _submit(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        assert self._executor is not None
        return self._executor.submit(function, task)

    def close(self) -> None:
        """Stop the executor."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


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
            runner = Runner(count, (lambda: _pool(count)) if count > 1 else None)
        stack.callback(runner.close)
        yield runner


def _pool(jobs: int) -> Executor:
    # Forking a process that has threads may deadlock; a fork server has none.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["geocairn.build.prepare", "geocairn.build.assemble"])
    return ProcessPoolExecutor(jobs, mp_context=context)


def _dask_runner(address: str, stack: ExitStack) -> Runner:
    try:
        from distributed import Client
    except ImportError:
        raise GeocairnError(
            "--dask needs the package distributed",
            remedy="Install it with: pip install 'geocairn[dask]'",
        ) from None
    try:
        client: Any = stack.enter_context(cast(Any, Client)(address, timeout="10s"))
    except (OSError, ValueError) as error:
        raise GeocairnError(
            f"no Dask scheduler answers: {error}",
            where=address,
            remedy="Start one with `dask scheduler`, and give its address.",
        ) from error
    threads = sum(client.nthreads().values())
    return Runner(max(1, threads), client.get_executor)
