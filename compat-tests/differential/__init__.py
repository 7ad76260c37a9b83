# SPDX-License-Identifier: Apache-2.0
"""Plays the same random calls on two endpoints and tells where their answers differ. See README.md."""
