"""``python -m geocairn``: the same as the command."""

from geocairn.cli import main

main()
