"""Install prov into .venv and run it: `python3 scripts/run.py ARGS...` is `prov ARGS...`. Without ARGS: what to do first.

Standard library only; run me on a fresh machine.
"""

from __future__ import annotations

import os
import subprocess
import sys

from _setup import ready

FIRST = """prov is installed in .venv. What to do first:

  python3 scripts/run.py demo              a whole sitting in a temporary folder: recorded, exported, verified
  python3 scripts/run.py init              make your home; finds the folders of your tools
  python3 scripts/run.py watch FOLDER      record a folder in the foreground
  python3 scripts/run.py --help            every command

第一次使用：先运行 `python3 scripts/run.py demo`，再运行 `init`。
"""


def main() -> int:
    """Set up, then hand over."""
    interpreter = ready()
    arguments = sys.argv[1:]
    if not arguments:
        print(FIRST, end="")
        return 0
    command = [str(interpreter), "-m", "provenance", *arguments]
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
