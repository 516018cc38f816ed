"""Cinder's lowest layer: only Cinder's own database remembers volumes and snapshots."""
from cinder import interface
from cinder.volume import driver


def _nothing(self, *_args, **_kwargs):
    return None


@interface.volumedriver
class RemembersNothing(driver.VolumeDriver):
    VERSION = '1'
    check_for_setup_error = create_volume = delete_volume = extend_volume = create_snapshot = delete_snapshot = _nothing
    create_volume_from_snapshot = create_cloned_volume = copy_image_to_volume = _nothing
    ensure_export = create_export = remove_export = terminate_connection = _nothing

    def clone_image(self, context, volume, image_location, image_meta, image_service):
        return {}, True

    def initialize_connection(self, volume, connector, **kwargs):
        return {'driver_volume_type': 'iscsi', 'data': {'target_portal': '127.0.0.1:3260', 'target_iqn': f'iqn.2024-01.test:{volume.id}', 'target_lun': 1, 'volume_id': volume.id, 'target_discovered': False}}

    def _update_volume_stats(self):
        self._stats = {'volume_backend_name': 'fake', 'vendor_name': 'test', 'driver_version': self.VERSION, 'storage_protocol': 'iSCSI', 'total_capacity_gb': 10000, 'free_capacity_gb': 10000}
