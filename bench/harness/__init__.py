# SPDX-License-Identifier: Apache-2.0
"""What bench/run is made of: one file per concern."""
