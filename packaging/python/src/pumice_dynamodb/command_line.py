# SPDX-License-Identifier: Apache-2.0
"""`pumice` on the path: the server itself, in place of this Python process."""

import os
import sys

from .server import BINARY


def main():
    os.execv(BINARY, ["pumice", *sys.argv[1:]])
