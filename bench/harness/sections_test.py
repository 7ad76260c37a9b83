# SPDX-License-Identifier: Apache-2.0
import unittest

from harness import sections
from harness.report import Report
from harness.results_test import run


def report(*lines: dict, **parts: object) -> Report:
    return Report(date="2026-11-21", machine="a machine", items=100_000, seconds=2, repeats=1,
                  versions={"pumice": "durability memory"}, in_memory=[], lines=list(lines), **parts)


class TargetsTest(unittest.TestCase):
    def row(self, made: Report, name: str) -> list[str]:
        return next(row for row in sections.targets(made).rows if row[0] == name)

    def test_a_target_within_its_limit_is_reached(self):
        made = report(run("pumice", 1, 13), run("echo", 1, 10))
        self.assertEqual(self.row(made, "GetItem"), ["GetItem", "<= 1.35x echo", "1.30x echo", "reached"])

    def test_a_target_beyond_its_limit_is_not(self):
        made = report(run("pumice", 1, 14), run("echo", 1, 10))
        *figures, verdict = self.row(made, "GetItem")
        self.assertEqual(figures, ["GetItem", "<= 1.35x echo", "1.40x echo"])
        self.assertTrue(verdict.startswith("not reached"))

    def test_what_cannot_be_measured_says_why(self):
        made = report(io_threads={"left_out": "needs 4 cores"})
        self.assertEqual(self.row(made, "two I/O threads against one")[2:], ["-", "needs 4 cores"])

    def test_growth_compares_the_largest_with_the_smallest(self):
        made = report(growth={"bound": "", "sizes": [
            {"items": 10, "items_per_second": 1, "us": {"get": 8}, "cpu_us": {"get": 8}},
            {"items": 1000, "items_per_second": 1, "us": {"get": 12}, "cpu_us": {"get": 9}}]})
        self.assertEqual(self.row(made, "growth of get, smallest to largest")[2:], ["1.50x", "reached"])
        self.assertEqual(self.row(made, "growth of put, smallest to largest")[2:], ["-", "not measured"])


class PageTest(unittest.TestCase):
    def test_peers_that_were_left_out_are_named_with_their_reason(self):
        page = sections.page(report(left_out={"dynoxide": "needs cargo"}))
        self.assertIn("| dynoxide: needs cargo |", page)
