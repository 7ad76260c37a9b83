# SPDX-License-Identifier: Apache-2.0
"""Waiting on a state that can be observed: bounded, and never longer than the state takes."""

import time


def until(observe, what, seconds=30):
    """Calls observe until it returns something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        seen = observe()
        if seen:
            return seen
        assert time.monotonic() < end, f"not seen in {seconds} s: {what() if callable(what) else what}"
        time.sleep(0.005)
