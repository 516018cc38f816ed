"""Magnum's lowest layer, in place of Heat: clusters and node groups are complete as soon as somebody looks after them, and have an address that nobody answers at."""
from magnum.cmd import conductor
from magnum.drivers.common import driver
from magnum.objects import fields
from magnum.service import periodic

STATUS = fields.ClusterStatus
# Magnum looks after what is in progress every ten seconds; the tests wait for it many times.
periodic.MagnumPeriodicTasks._periodic_spacing['sync_cluster_status'] = 1
main = conductor.main


def _mark(thing, status):
    thing.status = status
    thing.status_reason = None
    thing.save()


def _begin(cluster, group):
    """Says of both that they are changing, the cluster last: what looks after clusters must find the group so, or it would never come back to it."""
    group.save()
    _mark(cluster, STATUS.UPDATE_IN_PROGRESS)


class BuildsNothing(driver.Driver):
    provides = [{'server_type': 'vm', 'os': 'fedora-coreos', 'coe': 'kubernetes'}]

    def create_cluster(self, context, cluster, cluster_create_timeout):
        cluster.stack_id = cluster.uuid
        cluster.status = STATUS.CREATE_IN_PROGRESS

    def update_cluster(self, context, cluster, scale_manager=None, rollback=False):
        pass

    def resize_cluster(self, context, cluster, resize_manager, node_count, nodes_to_remove, nodegroup=None):
        pass

    def upgrade_cluster(self, context, cluster, cluster_template, max_batch_size, nodegroup, scale_manager=None, rollback=False):
        """As Magnum's own driver for Heat does it: labels follow the template, and those of the first node groups are the cluster's."""
        nodegroup.labels = {**nodegroup.labels, 'kube_tag': cluster_template.labels['kube_tag']}
        if nodegroup.is_default:
            cluster.cluster_template_id = cluster_template.uuid
            cluster.labels = nodegroup.labels

    def delete_cluster(self, context, cluster):
        for group in cluster.nodegroups:
            _mark(group, STATUS.DELETE_IN_PROGRESS)

    def create_nodegroup(self, context, cluster, nodegroup):
        nodegroup.stack_id = nodegroup.uuid
        _begin(cluster, nodegroup)

    def update_nodegroup(self, context, cluster, nodegroup):
        _begin(cluster, nodegroup)

    def delete_nodegroup(self, context, cluster, nodegroup):
        _begin(cluster, nodegroup)

    def update_cluster_status(self, context, cluster, use_admin_ctx=False):
        if cluster.status == STATUS.DELETE_IN_PROGRESS:
            return _mark(cluster, STATUS.DELETE_COMPLETE)
        for group in cluster.nodegroups:
            if group.status == STATUS.DELETE_IN_PROGRESS:
                group.destroy()
            elif group.status.endswith('_IN_PROGRESS'):
                _mark(group, group.status.replace('_IN_PROGRESS', '_COMPLETE'))
        cluster.api_address = 'https://203.0.113.254:6443'
        cluster.coe_version = cluster.labels.get('kube_tag')
        _mark(cluster, cluster.status.replace('_IN_PROGRESS', '_COMPLETE'))

    def create_federation(self, context, federation):
        raise NotImplementedError

    update_federation = delete_federation = create_federation
