"""nova-compute with Nova's own fake hypervisor, whose snapshots would leave an image waiting for content for ever."""
import io

from nova.cmd import compute                     # first, since it prepares eventlet
from nova.image import glance
from nova.virt import fake

_snapshot = fake.FakeDriver.snapshot


def snapshot(self, context, instance, image_id, update_task_state):
    _snapshot(self, context, instance, image_id, update_task_state)
    images = glance.API()
    image = images.get(context, image_id)
    images.update(context, image_id, {'name': image['name'], 'status': 'active', 'disk_format': 'raw', 'container_format': 'bare', 'properties': image['properties']}, data=io.BytesIO(bytes(1024)), purge_props=False)


fake.FakeDriver.snapshot = snapshot
main = compute.main
