"""Reads CloudTrail and Cost Explorer of the cloud in a box with boto3, an official client in another language than the wire's, with a model of its own.

    python3 telemetry_boto3.py --endpoint http://127.0.0.1:PORT --access-key-id ID --secret-access-key KEY --region REGION --start 2026-01-01 --end 2026-02-01

Prints one line of JSON: names of the events (newest first), cost per record type, and codes of what was refused.
"""
import argparse
import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

arguments = argparse.ArgumentParser(description=__doc__)
for name in ("endpoint", "access-key-id", "secret-access-key", "region", "start", "end"):
    arguments.add_argument(f"--{name}", required=True)
options = arguments.parse_args()


def connect(service, region):
    return boto3.client(
        service, region_name=region, endpoint_url=options.endpoint, aws_access_key_id=options.access_key_id, aws_secret_access_key=options.secret_access_key,
        config=Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60),
    )


def refused(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


trail = connect("cloudtrail", options.region)
pages = list(trail.get_paginator("lookup_events").paginate(LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}], PaginationConfig={"PageSize": 2}))
events = [event for page in pages for event in page["Events"]]
assert all(json.loads(event["CloudTrailEvent"])["eventName"] == event["EventName"] for event in events)

costs = connect("ce", "us-east-1")
period = {"Start": options.start, "End": options.end}
answer = costs.get_cost_and_usage(TimePeriod=period, Granularity="MONTHLY", Metrics=["UnblendedCost"], GroupBy=[{"Type": "DIMENSION", "Key": "RECORD_TYPE"}])
by_type = {}
for result in answer["ResultsByTime"]:
    for group in result["Groups"]:
        by_type[group["Keys"][0]] = by_type.get(group["Keys"][0], 0) + float(group["Metrics"]["UnblendedCost"]["Amount"])

print(json.dumps({
    "pages": len(pages), "events": [event["EventName"] for event in events], "costs": by_type,
    "regions": [value["Value"] for value in costs.get_dimension_values(TimePeriod=period, Dimension="REGION")["DimensionValues"]],
    "refused": [
        refused(trail.lookup_events, NextToken="mine"),
        refused(trail.lookup_events, LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "x"}] * 2),
        refused(costs.get_cost_and_usage, TimePeriod={"Start": options.end, "End": options.start}, Granularity="DAILY", Metrics=["UnblendedCost"]),
        refused(costs.get_cost_and_usage, TimePeriod=period, Granularity="DAILY", Metrics=["Strange"]),
    ],
}))
