# SPDX-License-Identifier: Apache-2.0
"""Pumice, a local DynamoDB server, as a Python package: `Server` starts one, and its pytest plugin does it for tests."""

from .server import BINARY, Server, StartError

__all__ = ["BINARY", "Server", "StartError"]
