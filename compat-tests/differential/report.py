# SPDX-License-Identifier: Apache-2.0
"""Differences as a person reads them: most frequent first, the calls as JSON that can be sent again."""

import json


def print_report(found, left, right):
    print(f"left {left}, right {right}: {sum(found.counts.values())} differences of {len(found.counts)} shapes")
    for shape, count in found.counts.most_common():
        difference = found.first[shape]
        operation, one, other = shape
        print(f"\n=== {count} x {operation}\n    left:  {one}\n    right: {other}")
        for call in difference.calls:
            print(f"  {call.operation} {json.dumps(call.request, ensure_ascii=False)}")
        print(f"  left  answers {json.dumps(difference.left, ensure_ascii=False)}")
        print(f"  right answers {json.dumps(difference.right, ensure_ascii=False)}")
