# SPDX-License-Identifier: Apache-2.0
import unittest

from harness.results import Results, Spread


def run(server: str, repeat: int, cpu: float, failures: int = 0) -> dict:
    return {"kind": "run", "repeat": repeat, "server": server, "pattern": "get", "clients": 16,
            "server_cpu_us": cpu, "failures": failures, "failure": "wrong" if failures else ""}


class ResultsTest(unittest.TestCase):
    def test_ratio_compares_runs_that_stood_beside_each_other(self):
        # The machine was half as fast in the second repeat.
        results = Results([run("pumice", 1, 12), run("echo", 1, 10), run("pumice", 2, 24), run("echo", 2, 20)])
        self.assertEqual(results.ratio("pumice", "echo", "get", 16), Spread(1.2, 1.2, 1.2, 2))

    def test_a_run_with_wrong_answers_counts_nowhere(self):
        results = Results([run("moto", 1, 1, failures=3), run("moto", 2, 9)])
        self.assertEqual(results.figure("moto", "get", 16, "server_cpu_us"), Spread(9, 9, 9, 1))
        self.assertEqual(results.failures(), ["moto: get with 16 clients: wrong"])

    def test_nothing_measured_is_none(self):
        self.assertIsNone(Results([]).figure("moto", "get", 16, "server_cpu_us"))

    def test_best_is_the_lowest_median(self):
        results = Results([run("moto", 1, 9), run("dynalite", 1, 5)])
        best = results.best(["moto", "dynalite", "absent"],
                            lambda server: results.figure(server, "get", 16, "server_cpu_us"))
        self.assertEqual(best, "dynalite")

    def test_text_shows_the_spread_where_there_is_one(self):
        self.assertEqual(Spread.of([2.0]).text(), "2.0")
        self.assertEqual(Spread.of([1.0, 2.0, 4.0]).text(), "2.0 (1.0..4.0)")
