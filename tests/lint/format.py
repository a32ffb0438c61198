#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-format --dry-run over every C++ file. Version 14 only: others format differently."""
import os
import shutil
import subprocess
import sys


def main():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        print("clang-format-14 is missing: apt install clang-format-14")
        return 1
    files = [os.path.relpath(os.path.join(folder, name), root)
             for top in ("core", "ui", "app", "tests", "packaging")
             for folder, _, names in os.walk(os.path.join(root, top))
             for name in names if name.endswith((".h", ".cpp"))]
    done = subprocess.run([tool, "--dry-run", *sorted(files)], cwd=root, capture_output=True, text=True,
                          check=False)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "warning:" in line})
    print("\n".join(f"{path}: run clang-format -i" for path in wrong) if wrong
          else f"{len(files)} files are formatted")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
