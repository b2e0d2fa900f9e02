"""A child process that can compute and nothing else, for what strangers send.

On Linux (x86-64 and ARM 64) the child gives up, before it reads anything hostile, whatever a
computation does not need, and cannot get it back:

- a seccomp filter lets only some sixty system calls pass. There is none that makes a socket, a
  process or a thread, starts a program, or opens a file for writing;
- Landlock, where the kernel has it, lets it read the interpreter's files and its own private
  folder only;
- resource limits bound its address space, its processor time and the files it could write;
- it may not gain privileges, has lost those of root, runs in a session of its own and with an
  environment of its own.

The parent kills it when its time is over, and reads no more of its answer than a bounded number of
bytes. None of this needs root, or any program besides the kernel.

Other systems have no such means that a program could count on: there `run` refuses, unless it is
told to go on without isolation, and then says so in its outcome.
"""

from geocairn.sandbox.runner import Limits, Outcome, can_isolate, run

__all__ = ["Limits", "Outcome", "can_isolate", "run"]
