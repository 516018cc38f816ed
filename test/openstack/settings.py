"""Configuration of each service, as sections and options; `write` makes files of it. Nothing here is more than what differs from the services' own defaults."""
import os

PORTS = {'keystone': 15000, 'glance': 19292, 'placement': 18778, 'nova': 18774, 'neutron': 19696, 'cinder': 18776, 'octavia': 19876, 'magnum': 19511, 'mariadb': 23316, 'rabbitmq': 35682, 'epmd': 34379}
REGION = 'RegionOne'
SERVICE_PASSWORD = 'for-services-only'
ADMIN_PASSWORD = 'for-the-administrator'
MEMBER_PASSWORD = 'for-a-member-of-the-project'


def url(service, path=''):
    return f'http://127.0.0.1:{PORTS[service]}{path}'


def database(name, pool=5):
    return {'connection': f'mysql+pymysql://openstack:{SERVICE_PASSWORD}@127.0.0.1:{PORTS["mariadb"]}/{name}?charset=utf8', 'max_pool_size': pool, 'max_overflow': 50, 'pool_timeout': 120, 'mysql_enable_ndb': 'false'}


def login(user):
    """How a service signs in to call another."""
    return {'auth_url': url('keystone', '/v3'), 'auth_type': 'password', 'user_domain_name': 'Default', 'project_domain_name': 'Default', 'project_name': 'service', 'username': user, 'password': SERVICE_PASSWORD, 'region_name': REGION}


def guard(user):
    """How a service checks the tokens of its callers."""
    return {**login(user), 'www_authenticate_uri': url('keystone', '/v3'), 'service_token_roles': 'service', 'service_token_roles_required': 'true'}


def base(home, user, name=None):
    """What all services behind Keystone have alike."""
    return {
        'DEFAULT': {'use_stderr': 'true', 'transport_url': f'rabbit://guest:guest@127.0.0.1:{PORTS["rabbitmq"]}//', 'state_path': f'{home}/data/{user}'},
        'keystone_authtoken': guard(user), 'oslo_concurrency': {'lock_path': f'{home}/data/locks'}, 'oslo_messaging_notifications': {'driver': 'noop'},
        'oslo_messaging_rabbit': {'rabbit_retry_interval': 1, 'heartbeat_in_pthread': 'false'}, **({'database': database(name or user)} if name != '' else {}),
    }


def merged(*parts):
    result = {}
    for part in parts:
        for section, options in part.items():
            result.setdefault(section, {}).update(options)
    return result


def everything(home):
    """All files that need nothing of the running cloud."""
    paste = lambda service, path: f'{home}/unpacked/{service}-common/usr/share/{service}-common/{path}'
    return {
        'keystone.conf': {
            'DEFAULT': {'use_stderr': 'true'}, 'database': database('keystone', 10), 'token': {'provider': 'fernet', 'expiration': 86400}, 'fernet_tokens': {'key_repository': f'{home}/data/fernet'},
            'credential': {'key_repository': f'{home}/data/credential'}, 'cache': {'enabled': 'true', 'backend': 'oslo_cache.dict'},
        },
        'placement.conf': {'DEFAULT': {'use_stderr': 'true'}, 'api': {'auth_strategy': 'keystone'}, 'placement_database': database('placement'), 'keystone_authtoken': guard('placement')},
        'glance.conf': merged(base(home, 'glance'), {
            'DEFAULT': {'bind_host': '127.0.0.1', 'bind_port': PORTS['glance'], 'workers': 0, 'enabled_backends': 'file:file', 'public_endpoint': url('glance')},
            'glance_store': {'default_backend': 'file'}, 'paste_deploy': {'flavor': 'keystone', 'config_file': paste('glance', 'glance-api-paste.ini')},
            **{section: {'filesystem_store_datadir': f'{home}/data/glance/{section}'} for section in ('file', 'os_glance_staging_store', 'os_glance_tasks_store')},
        }),
        'nova.conf': merged(base(home, 'nova', ''), {
            'DEFAULT': {
                'my_ip': '127.0.0.1', 'host': 'fake-host', 'compute_driver': 'fake.FakeDriver', 'osapi_compute_listen': '127.0.0.1', 'osapi_compute_listen_port': PORTS['nova'], 'osapi_compute_workers': 1,
                'allow_resize_to_same_host': 'true', 'max_concurrent_builds': 4, 'sync_power_state_interval': -1,
            },
            'api': {'auth_strategy': 'keystone'}, 'wsgi': {'api_paste_config': paste('nova', 'api-paste.ini')}, 'quota': {'instances': 100, 'cores': 200, 'ram': 1000000}, 'conductor': {'workers': 1},
            'scheduler': {'workers': 1}, 'filter_scheduler': {'track_instance_changes': 'false'}, 'vnc': {'enabled': 'false'}, 'glance': {'endpoint_override': url('glance'), 'region_name': REGION},
            'cinder': {'os_region_name': REGION, 'catalog_info': 'volumev3::publicURL'}, 'neutron': {**login('neutron'), 'service_metadata_proxy': 'false'}, 'placement': login('placement'),
            'service_user': {**login('nova'), 'send_service_user_token': 'true'},
        }),
        # Kept from nova-compute, which must not see a database.
        'nova-database.conf': {'api_database': database('nova_api'), 'database': database('nova_cell1')},
        'neutron.conf': merged(base(home, 'neutron'), {
            'DEFAULT': {
                'bind_host': '127.0.0.1', 'bind_port': PORTS['neutron'], 'api_workers': 0, 'rpc_workers': 0, 'rpc_state_report_workers': 0, 'api_paste_config': paste('neutron', 'api-paste.ini'), 'auth_strategy': 'keystone',
                'core_plugin': 'ml2', 'service_plugins': 'router,tag,revisions,timestamp', 'dhcp_agent_notification': 'false', 'notify_nova_on_port_status_changes': 'true', 'notify_nova_on_port_data_changes': 'true',
                'router_auto_schedule': 'false', 'network_auto_schedule': 'false',
                # It takes 100 requests at once by default, more than its database pool bears.
                'wsgi_default_pool_size': 12, 'wsgi_keep_alive': 'false',
            },
            'database': {'max_pool_size': 20}, 'nova': login('nova'), 'quotas': {'quota_network': 100, 'quota_subnet': 100, 'quota_router': 100, 'quota_security_group': 100, 'quota_floatingip': 100},
            'ml2': {'type_drivers': 'flat,vxlan', 'tenant_network_types': 'vxlan', 'mechanism_drivers': 'wires-everything', 'extension_drivers': 'port_security'}, 'ml2_type_flat': {'flat_networks': '*'},
            'ml2_type_vxlan': {'vni_ranges': '1:100000'}, 'securitygroup': {'firewall_driver': 'noop'},
        }),
        'cinder.conf': merged(base(home, 'cinder'), {
            'DEFAULT': {
                'my_ip': '127.0.0.1', 'host': 'fake-storage', 'osapi_volume_listen': '127.0.0.1', 'osapi_volume_listen_port': PORTS['cinder'], 'osapi_volume_workers': 1, 'api_paste_config': paste('cinder', 'api-paste.ini'),
                'resource_query_filters_file': f'{home}/unpacked/cinder-common/etc/cinder/resource_filters.json', 'auth_strategy': 'keystone', 'enabled_backends': 'fake', 'glance_api_servers': url('glance'), 'quota_volumes': 100,
                'volume_clear': 'none', 'allow_availability_zone_fallback': 'true',
            },
            'fake': {'volume_driver': 'fakes.storage.RemembersNothing', 'volume_backend_name': 'fake'}, 'coordination': {'backend_url': f'file://{home}/data/cinder/coordination'}, 'nova': login('nova'),
            'service_user': {**login('cinder'), 'send_service_user_token': 'true'},
        }),
        'magnum.conf': merged(base(home, 'magnum'), {
            'DEFAULT': {'host': 'fake-conductor', 'periodic_interval_max': 1}, 'api': {'host': '127.0.0.1', 'port': PORTS['magnum'], 'workers': 4, 'api_paste_config': paste('magnum', 'api-paste.ini')}, 'conductor': {'workers': 1},
            'certificates': {'cert_manager_type': 'x509keypair'}, 'keystone_auth': login('magnum'), 'cinder_client': {'region_name': REGION},
            # Clusters act in the name of users of a domain of their own.
            'trust': {'trustee_domain_name': 'magnum', 'trustee_domain_admin_name': 'magnum_domain_admin', 'trustee_domain_admin_domain_name': 'magnum', 'trustee_domain_admin_password': SERVICE_PASSWORD, 'trustee_keystone_interface': 'public'},
            'drivers': {'disabled_drivers': 'k8s_fedora_coreos_v1,k8s_fedora_atomic_v1,k8s_coreos_v1,k8s_fedora_ironic_v1,mesos_ubuntu_v1,swarm_fedora_atomic_v1,swarm_fedora_atomic_v2'},
        }),
    }


def octavia(home, ids):
    """Octavia's own: it names things of the running cloud. Its virtual load balancers boot as servers, and only the talk with their inside is left out."""
    ca = f'{home}/data/octavia-ca'
    return merged(base(home, 'octavia'), {
        'api_settings': {'bind_host': '127.0.0.1', 'bind_port': PORTS['octavia'], 'auth_strategy': 'keystone', 'enabled_provider_drivers': 'amphora:amphora', 'default_provider_driver': 'amphora', 'api_base_uri': url('octavia')},
        'certificates': {'cert_generator': 'local_cert_generator', 'ca_certificate': f'{ca}/ca.crt', 'ca_private_key': f'{ca}/ca.key', 'ca_private_key_passphrase': 'none', 'server_certs_key_passphrase': 'insecure-key-do-not-use-this-key', 'cert_manager': 'local_cert_manager'},
        'haproxy_amphora': {'client_cert': f'{ca}/client.pem', 'server_ca': f'{ca}/ca.crt'},
        'controller_worker': {
            'workers': 1, 'amphora_driver': 'amphora_noop_driver', 'compute_driver': 'compute_nova_driver', 'network_driver': 'allowed_address_pairs_driver', 'image_driver': 'image_glance_driver', 'volume_driver': 'volume_noop_driver',
            'amp_image_tag': 'amphora', 'amp_image_owner_id': ids['owner'], 'amp_flavor_id': ids['flavor'], 'amp_boot_network_list': ids['network'], 'amp_secgroup_list': ids['group'], 'client_ca': f'{ca}/ca.crt',
            'loadbalancer_topology': 'SINGLE', 'amp_active_wait_sec': 1, 'amp_active_retries': 60,
        },
        'health_manager': {'heartbeat_key': 'none', 'bind_ip': '127.0.0.1', 'controller_ip_port_list': '127.0.0.1:5555'}, 'oslo_messaging': {'topic': 'octavia_prov'}, 'task_flow': {'max_workers': 3},
        'service_auth': login('octavia'),
    })


def write(path, sections):
    with open(path, 'w', encoding='utf8') as file:
        for section, options in sections.items():
            file.write(f'[{section}]\n' + ''.join(f'{key} = {value}\n' for key, value in options.items()))
    os.chmod(path, 0o600)
