"""A process that `geocairn.server.running` starts: the number of its socket, and what to serve."""

from __future__ import annotations

import json
import socket
import sys

from geocairn.errors import GeocairnError
from geocairn.server.app import Options
from geocairn.server.running import work


def main(number: str, options: str) -> int:
    """Serve until told to end."""
    try:
        return work(Options(**json.loads(options)), socket.socket(fileno=int(number)))
    except GeocairnError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201 - a program of its own
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
