"""Drives the EC2 wire of the cloud in a box with boto3, an official client in another language than the wire's, through one whole journey.

    python3 ec2_boto3.py --endpoint http://127.0.0.1:PORT --access-key-id ID --secret-access-key KEY [--region ap-northeast-2] [--instances 12]

Prints one line of JSON with what it counted. Exits 0 only if everything held; a failed check says on stderr which one.
"""
import argparse
import base64
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

arguments = argparse.ArgumentParser(description=__doc__)
for name in ("endpoint", "access-key-id", "secret-access-key"):
    arguments.add_argument(f"--{name}", required=True)
arguments.add_argument("--region", default="ap-northeast-2")
arguments.add_argument("--instances", type=int, default=12)
options = arguments.parse_args()

PUBLIC_KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4Lh1mEmMYLrNoK4bD4m1fF0yJ0u2uB0rCz1oUcKYVQ journey"
MARK = {"Key": "journey", "Value": "boto3"}
MINE = [{"Name": "tag:journey", "Values": ["boto3"]}]
counted = {"calls": 0, "checks": 0}


def connect(service, region=options.region, secret=options.secret_access_key, retries=10):
    client = boto3.client(
        service, region_name=region, endpoint_url=options.endpoint, aws_access_key_id=options.access_key_id, aws_secret_access_key=secret,
        config=Config(retries={"max_attempts": retries, "mode": "standard"}, connect_timeout=5, read_timeout=60),
    )
    client.meta.events.register("before-send", count_call)
    return client


def count_call(**_):
    counted["calls"] += 1


def check(holds, what):
    counted["checks"] += 1
    if not holds:
        raise AssertionError(what)


def refused(code, call, **parameters):
    """The call must fail, and with this code."""
    try:
        call(**parameters)
    except ClientError as error:
        got = error.response["Error"]["Code"]
        check(got == code, f"{code} was expected, {got} came: {error}")
        check(bool(error.response["ResponseMetadata"].get("RequestId")), f"{code} carries no request id")
        return
    check(False, f"{code} was expected, the call succeeded")


def settled(call, *codes, **parameters):
    """What is new may be unseen and what ends may be busy for some seconds: these codes are asked again."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return call(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] not in codes or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def tagged(kind, **more):
    return {"ResourceType": kind, "Tags": [MARK] + [{"Key": key, "Value": value} for key, value in more.items()]}


def wait(client, name, **parameters):
    """boto3's own waiter; most of them do not know that what is new may be unseen, so that is asked again."""
    waiter, deadline = client.get_waiter(name), time.monotonic() + 60
    waiter.config.delay, waiter.config.max_attempts = 0.2, 300
    while True:
        try:
            return waiter.wait(**parameters)
        except WaiterError as error:
            code = (error.last_response or {}).get("Error", {}).get("Code", "")
            if not code.endswith(".NotFound") or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def instances_of(client, **parameters):
    pages = client.get_paginator("describe_instances").paginate(**parameters)
    return [vm for page in pages for reservation in page["Reservations"] for vm in reservation["Instances"]]


def journey():
    ec2, unseen = connect("ec2"), "InvalidVpcID.NotFound"

    # Who we are, what there is, what it costs.
    account = connect("sts").get_caller_identity()["Account"]
    check(account.isdigit() and len(account) == 12, "the account has twelve digits")
    refused("SignatureDoesNotMatch", connect("ec2", secret="wrong").describe_vpcs)
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
    check(options.region in [region["RegionName"] for region in ec2.describe_regions()["Regions"]], "our region is listed")
    types = [kind for page in ec2.get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 100}) for kind in page["InstanceTypes"]]
    check(len(types) == len({kind["InstanceType"] for kind in types}) > 100, "every instance type comes once")
    image = sorted(
        ec2.describe_images(Owners=["099720109477"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}, {"Name": "name", "Values": ["ubuntu/images/*noble*"]}])["Images"],
        key=lambda each: each["CreationDate"],
    )[-1]
    quota = connect("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode="L-1216C47A")["Quota"]
    check(quota["Value"] >= options.instances * 2, "the quota of vCPUs has room")
    products = connect("pricing", region="us-east-1").get_products(
        ServiceCode="AmazonEC2", Filters=[{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in (("regionCode", options.region), ("instanceType", "t3.micro"))])
    check(json.loads(products["PriceList"][0])["product"]["attributes"]["instanceType"] == "t3.micro", "the price list knows t3.micro")

    # A network to the internet.
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=[tagged("vpc", Name="journey")])["Vpc"]["VpcId"]
    wait(ec2, "vpc_available", VpcIds=[vpc])
    settled(ec2.modify_vpc_attribute, unseen, VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway(TagSpecifications=[tagged("internet-gateway")])["InternetGateway"]["InternetGatewayId"]
    settled(ec2.attach_internet_gateway, "InvalidInternetGatewayID.NotFound", unseen, InternetGatewayId=gateway, VpcId=vpc)
    token = f"journey-{time.time_ns()}"
    made = [settled(ec2.create_route_table, unseen, VpcId=vpc, ClientToken=f"{token}-rtb", TagSpecifications=[tagged("route-table")])["RouteTable"]["RouteTableId"] for _ in range(2)]
    check(made[0] == made[1], "the same token makes one route table")
    settled(ec2.create_route, "InvalidRouteTableID.NotFound", RouteTableId=made[0], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    subnet = settled(ec2.create_subnet, unseen, VpcId=vpc, CidrBlock="10.20.1.0/24", AvailabilityZone=zones[0], TagSpecifications=[tagged("subnet")])["Subnet"]["SubnetId"]
    wait(ec2, "subnet_available", SubnetIds=[subnet])
    association = settled(ec2.associate_route_table, "InvalidSubnetID.NotFound", RouteTableId=made[0], SubnetId=subnet)["AssociationId"]
    refused("InvalidSubnet.Conflict", ec2.create_subnet, VpcId=vpc, CidrBlock="10.20.1.0/25")
    group = settled(ec2.create_security_group, unseen, GroupName="journey", Description="ssh from everywhere", VpcId=vpc, TagSpecifications=[tagged("security-group")])["GroupId"]
    ssh = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "ssh"}]}]
    settled(ec2.authorize_security_group_ingress, "InvalidGroup.NotFound", GroupId=group, IpPermissions=ssh)
    refused("InvalidPermission.Duplicate", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=ssh)
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    check(sorted(rule["IsEgress"] for rule in rules) == [False, True], "one rule in, one rule out")
    ec2.import_key_pair(KeyName="journey", PublicKeyMaterial=PUBLIC_KEY, TagSpecifications=[tagged("key-pair")])
    wait(ec2, "key_pair_exists", KeyNames=["journey"])

    # Instances: one batch by one token, whatever is repeated.
    request = dict(
        ImageId=image["ImageId"], InstanceType="t3.micro", KeyName="journey", ClientToken=f"{token}-vm", MinCount=options.instances, MaxCount=options.instances,
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "AssociatePublicIpAddress": True}], UserData="#cloud-config\n{}\n",
        BlockDeviceMappings=[{"DeviceName": image["RootDeviceName"], "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "DeleteOnTermination": True}}],
        TagSpecifications=[tagged("instance", Name="journey"), tagged("volume"), tagged("network-interface")],
    )
    refused("DryRunOperation", ec2.run_instances, **{**request, "DryRun": True})
    first = settled(ec2.run_instances, "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "InvalidKeyPair.NotFound", **request)
    again = ec2.run_instances(**request)
    ids = [vm["InstanceId"] for vm in first["Instances"]]
    check(ids == [vm["InstanceId"] for vm in again["Instances"]] and len(set(ids)) == options.instances, "a repeated token gives the same instances")
    check([vm["AmiLaunchIndex"] for vm in first["Instances"]] == list(range(options.instances)), "the launch index counts the batch")
    refused("IdempotentParameterMismatch", ec2.run_instances, **{**request, "InstanceType": "t3.small"})
    wait(ec2, "instance_running", InstanceIds=ids)
    pages = [page for page in ec2.get_paginator("describe_instances").paginate(Filters=MINE, PaginationConfig={"PageSize": 5})]
    listed = [vm for page in pages for reservation in page["Reservations"] for vm in reservation["Instances"]]
    check(sorted(vm["InstanceId"] for vm in listed) == sorted(ids), "pages of five give every instance once")
    check(len(pages) == -(-options.instances // 5), f"{options.instances} instances are {len(pages)} pages of five")
    check(all(vm["State"] == {"Code": 16, "Name": "running"} for vm in listed), "all run")
    check(len({vm["PublicIpAddress"] for vm in listed}) == options.instances, "each has a public address of its own")
    check(all(vm["PublicDnsName"].startswith("ec2-127-") and vm["KeyName"] == "journey" for vm in listed), "names and keys")
    refused("InvalidParameterCombination", ec2.describe_instances, InstanceIds=ids[:1], MaxResults=5)
    refused("InvalidParameterValue", ec2.describe_instances, Filters=[{"Name": "colour", "Values": ["blue"]}])
    data = ec2.describe_instance_attribute(InstanceId=ids[0], Attribute="userData")["UserData"]["Value"]
    check(base64.b64decode(data) == b"#cloud-config\n{}\n", "user data comes back")

    # Stop, resize, start; tags.
    ec2.stop_instances(InstanceIds=ids[:3])
    wait(ec2, "instance_stopped", InstanceIds=ids[:3])
    check(len(instances_of(ec2, Filters=MINE + [{"Name": "instance-state-name", "Values": ["stopped"]}])) == 3, "three are stopped")
    ec2.modify_instance_attribute(InstanceId=ids[0], InstanceType={"Value": "t3.small"})
    ec2.start_instances(InstanceIds=ids[:3])
    wait(ec2, "instance_running", InstanceIds=ids[:3])
    wait(ec2, "instance_status_ok", InstanceIds=ids[:3])
    check([vm["InstanceId"] for vm in instances_of(ec2, Filters=[{"Name": "instance-type", "Values": ["t3.sm*"]}])] == ids[:1], "one has another type")
    ec2.reboot_instances(InstanceIds=ids[:1])
    ec2.create_tags(Resources=ids[:2], Tags=[{"Key": "role", "Value": "web"}])
    check(len(instances_of(ec2, Filters=[{"Name": "tag:role", "Values": ["w?b"]}])) == 2, "two have the role")
    ec2.delete_tags(Resources=ids[1:2], Tags=[{"Key": "role"}])
    check([tag["ResourceId"] for tag in ec2.describe_tags(Filters=[{"Name": "key", "Values": ["role"]}])["Tags"]] == ids[:1], "one has it still")

    # A volume and an address.
    volume = ec2.create_volume(AvailabilityZone=zones[0], Size=8, VolumeType="gp3", TagSpecifications=[tagged("volume")])["VolumeId"]
    wait(ec2, "volume_available", VolumeIds=[volume])
    ec2.attach_volume(VolumeId=volume, InstanceId=ids[1], Device="/dev/sdf")
    wait(ec2, "volume_in_use", VolumeIds=[volume])
    ec2.modify_volume(VolumeId=volume, Size=16)
    check(ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Size"] == 16, "the volume grew")
    check(len(ec2.describe_volumes(Filters=MINE)["Volumes"]) == options.instances + 1, "each instance has its root volume, by its tag")
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=[tagged("elastic-ip")])
    link = settled(ec2.associate_address, "InvalidAllocationID.NotFound", AllocationId=address["AllocationId"], InstanceId=ids[1])["AssociationId"]
    check(ec2.describe_instances(InstanceIds=ids[1:2])["Reservations"][0]["Instances"][0]["PublicIpAddress"] == address["PublicIp"], "the address took its place")
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=address["AllocationId"])
    refused("VolumeInUse", ec2.delete_volume, VolumeId=volume)
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)

    inside(ec2, vpc, subnet, group, made[0], ids[0], zones[0], options.region)

    # Everything away, in the order of dependency.
    ec2.disassociate_address(AssociationId=link)
    ec2.release_address(AllocationId=address["AllocationId"])
    ec2.detach_volume(VolumeId=volume)
    wait(ec2, "volume_available", VolumeIds=[volume])
    ec2.delete_volume(VolumeId=volume)
    wait(ec2, "volume_deleted", VolumeIds=[volume])
    ec2.terminate_instances(InstanceIds=ids)
    wait(ec2, "instance_terminated", InstanceIds=ids)
    ec2.delete_key_pair(KeyName="journey")
    ec2.disassociate_route_table(AssociationId=association)
    for call, parameters in (
        (ec2.delete_route_table, {"RouteTableId": made[0]}), (ec2.delete_security_group, {"GroupId": group}), (ec2.delete_subnet, {"SubnetId": subnet}),
        (ec2.detach_internet_gateway, {"InternetGatewayId": gateway, "VpcId": vpc}), (ec2.delete_internet_gateway, {"InternetGatewayId": gateway}), (ec2.delete_vpc, {"VpcId": vpc}),
    ):
        settled(call, "DependencyViolation", **parameters)
    left = {
        "instances": [vm["InstanceId"] for vm in instances_of(ec2, Filters=MINE) if vm["State"]["Name"] != "terminated"], "addresses": ec2.describe_addresses(Filters=MINE)["Addresses"],
        "keys": ec2.describe_key_pairs(Filters=MINE)["KeyPairs"], "gateways": ec2.describe_internet_gateways(Filters=MINE)["InternetGateways"],
    }
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        left |= {"vpcs": ec2.describe_vpcs(Filters=MINE)["Vpcs"], "subnets": ec2.describe_subnets(Filters=MINE)["Subnets"], "volumes": ec2.describe_volumes(Filters=MINE)["Volumes"],
                 "groups": ec2.describe_security_groups(Filters=MINE)["SecurityGroups"], "tables": ec2.describe_route_tables(Filters=MINE)["RouteTables"]}
        if not any(left.values()):
            break
        time.sleep(0.2)
    check(not any(left.values()), f"nothing is left, but: {left}")
    refused("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[vpc])
    counted.update(account=account, instances=options.instances, pages=len(pages), instanceTypes=len(types), zones=len(zones))


def inside(ec2, vpc, subnet, group, table, instance, zone, region):
    """What stands in a network beside its machines: cards, NAT, VPN with static routes, copies, images, placement. Takes all of it away."""
    unseen = tuple(f"Invalid{name}.NotFound" for name in ("NetworkInterfaceID", "AllocationID", "VpnGatewayID", "CustomerGatewayID", "VpnConnectionID", "RouteTableID", "SubnetID", "Snapshot", "AMIID")) + ("NatGatewayNotFound",)
    busy = unseen + ("IncorrectState", "DependencyViolation", "InvalidVpnConnection.InvalidState", "InvalidIPAddress.InUse", "InvalidSnapshot.InUse")

    # A second card of a machine.
    card = settled(ec2.create_network_interface, *unseen, SubnetId=subnet, Groups=[group], Description="second", TagSpecifications=[tagged("network-interface")])["NetworkInterface"]["NetworkInterfaceId"]
    wait(ec2, "network_interface_available", NetworkInterfaceIds=[card])
    attachment = settled(ec2.attach_network_interface, *unseen, NetworkInterfaceId=card, InstanceId=instance, DeviceIndex=1)["AttachmentId"]
    cards = instances_of(ec2, InstanceIds=[instance])[0]["NetworkInterfaces"]
    check([each["Attachment"]["DeviceIndex"] for each in cards] == [0, 1], "the machine has two cards")
    refused("InvalidNetworkInterface.InUse", ec2.delete_network_interface, NetworkInterfaceId=card)
    settled(ec2.create_route, *unseen, RouteTableId=table, DestinationCidrBlock="192.0.2.0/24", NetworkInterfaceId=card)
    routes = {route["DestinationCidrBlock"]: route for route in ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]}
    check(routes["192.0.2.0/24"]["InstanceId"] == instance and routes["192.0.2.0/24"]["State"] == "active", "a route to a card tells its machine")
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="192.0.2.0/24")
    ec2.detach_network_interface(AttachmentId=attachment)
    settled(ec2.delete_network_interface, "InvalidNetworkInterface.InUse", NetworkInterfaceId=card)

    # A NAT gateway with an address of its own.
    allocation = ec2.allocate_address(Domain="vpc", TagSpecifications=[tagged("elastic-ip")])["AllocationId"]
    nat = settled(ec2.create_nat_gateway, *unseen, SubnetId=subnet, AllocationId=allocation, ClientToken="journey-nat", TagSpecifications=[tagged("natgateway")])["NatGateway"]["NatGatewayId"]
    check(ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation, ClientToken="journey-nat", TagSpecifications=[tagged("natgateway")])["NatGateway"]["NatGatewayId"] == nat, "the same token makes one NAT gateway")
    wait(ec2, "nat_gateway_available", NatGatewayIds=[nat])
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=allocation)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    settled(ec2.release_address, *busy, AllocationId=allocation)

    # A tunnel with static routes, which the gateway brings into a table.
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=[tagged("vpn-gateway")])["VpnGateway"]["VpnGatewayId"]
    peer = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="203.0.113.9", BgpAsn=65000, TagSpecifications=[tagged("customer-gateway")])["CustomerGateway"]["CustomerGatewayId"]
    settled(ec2.attach_vpn_gateway, *unseen, VpnGatewayId=gateway, VpcId=vpc)
    wait(ec2, "customer_gateway_available", CustomerGatewayIds=[peer])
    tunnel = settled(ec2.create_vpn_connection, *busy, Type="ipsec.1", VpnGatewayId=gateway, CustomerGatewayId=peer, Options={"StaticRoutesOnly": True}, TagSpecifications=[tagged("vpn-connection")])["VpnConnection"]["VpnConnectionId"]
    wait(ec2, "vpn_connection_available", VpnConnectionIds=[tunnel])
    ec2.create_vpn_connection_route(VpnConnectionId=tunnel, DestinationCidrBlock="10.99.0.0/16")
    ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=gateway)
    shown = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    check(shown["PropagatingVgws"] == [{"GatewayId": gateway}] and any(route["Origin"] == "EnableVgwRoutePropagation" for route in shown["Routes"]), "the gateway brings its route")
    ec2.disable_vgw_route_propagation(RouteTableId=table, GatewayId=gateway)
    refused("IncorrectState", ec2.delete_customer_gateway, CustomerGatewayId=peer)
    ec2.delete_vpn_connection(VpnConnectionId=tunnel)
    settled(ec2.delete_customer_gateway, *busy[len(unseen):], CustomerGatewayId=peer)
    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    settled(ec2.delete_vpn_gateway, *busy[len(unseen):], VpnGatewayId=gateway)

    # A copy of a disk, an image of a machine, and machines close to each other.
    volume = ec2.create_volume(AvailabilityZone=zone, Size=4, TagSpecifications=[tagged("volume")])["VolumeId"]
    wait(ec2, "volume_available", VolumeIds=[volume])
    snapshot = ec2.create_snapshot(VolumeId=volume, TagSpecifications=[tagged("snapshot")])["SnapshotId"]
    wait(ec2, "snapshot_completed", SnapshotIds=[snapshot])
    copy = settled(ec2.create_volume, *unseen, AvailabilityZone=zone, SnapshotId=snapshot, TagSpecifications=[tagged("volume")])
    check(copy["Size"] == 4, "a copy has the size of its snapshot")
    ec2.delete_snapshot(SnapshotId=snapshot)
    wait(ec2, "volume_available", VolumeIds=[copy["VolumeId"]])
    for each in (volume, copy["VolumeId"]):
        ec2.delete_volume(VolumeId=each)
    image = ec2.create_image(InstanceId=instance, Name="journey", NoReboot=True, TagSpecifications=[tagged("image"), tagged("snapshot")])["ImageId"]
    wait(ec2, "image_available", ImageIds=[image])
    mine = ec2.describe_images(Owners=["self"], Filters=MINE)["Images"]
    check([each["ImageId"] for each in mine] == [image] and mine[0]["SourceInstanceId"] == instance, "one image is ours, made of the machine")
    parts = [mapping["Ebs"]["SnapshotId"] for mapping in mine[0]["BlockDeviceMappings"]]
    wait(ec2, "snapshot_completed", SnapshotIds=parts)
    refused("InvalidSnapshot.InUse", ec2.delete_snapshot, SnapshotId=parts[0])
    ec2.deregister_image(ImageId=image)
    for part in parts:
        settled(ec2.delete_snapshot, *busy, SnapshotId=part)
    ec2.create_placement_group(GroupName="journey", Strategy="spread", TagSpecifications=[tagged("placement-group")])
    check([each["GroupName"] for each in settled(ec2.describe_placement_groups, "InvalidPlacementGroup.Unknown", GroupNames=["journey"])["PlacementGroups"]] == ["journey"], "one placement group is ours")
    settled(ec2.delete_placement_group, "InvalidPlacementGroup.Unknown", GroupName="journey")


def main():
    began = time.monotonic()
    failure = None
    try:
        journey()
    except (AssertionError, ClientError, WaiterError) as error:
        failure = f"{type(error).__name__}: {error}"
        print(failure, file=sys.stderr)
    counted.update(held=failure is None, boto3=boto3.__version__, seconds=round(time.monotonic() - began, 1))
    print(json.dumps(counted))
    return 0 if failure is None else 1


sys.exit(main())
