# SPDX-License-Identifier: Apache-2.0
"""DescribeLimits and DescribeEndpoints."""

from urllib.parse import urlsplit

import pytest


def test_the_limits_are_numbers(ddb):
    limits = ddb.describe_limits()
    for name in ("AccountMaxReadCapacityUnits", "AccountMaxWriteCapacityUnits", "TableMaxReadCapacityUnits", "TableMaxWriteCapacityUnits"):
        assert limits[name] >= 40000


# SDKs with endpoint discovery send their next calls to this address, so it must be one that they reach.
@pytest.mark.aws_only("DynamoDB Local tells its own idea of its address")
def test_the_endpoint_is_the_host_that_was_asked(ddb, endpoint):
    (told,) = ddb.describe_endpoints()["Endpoints"]
    assert told == {"Address": urlsplit(endpoint).netloc, "CachePeriodInMinutes": 1440}
