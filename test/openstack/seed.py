"""The first things of the cloud, through its own API: services and users, then what a project finds there. Each step may be repeated."""
import requests
import settings
from settings import PORTS, REGION, url

NOVA, NEUTRON, GLANCE, MAGNUM, KEYSTONE = url('nova', '/v2.1'), url('neutron', '/v2.0'), url('glance', '/v2'), url('magnum', '/v1'), url('keystone', '/v3')
CATALOG = [
    ('glance', 'image', ''), ('placement', 'placement', ''), ('nova', 'compute', '/v2.1'), ('neutron', 'network', ''), ('cinder', 'volumev3', '/v3/%(project_id)s'), ('octavia', 'load-balancer', ''), ('magnum', 'container-infra', '/v1'),
]


class Cloud:
    def __init__(self):
        self.session = requests.Session()
        self.session.trust_env = False
        user = {'name': 'admin', 'domain': {'id': 'default'}, 'password': settings.ADMIN_PASSWORD}
        answer = self.session.post(f'{KEYSTONE}/auth/tokens', json={'auth': {'identity': {'methods': ['password'], 'password': {'user': user}}, 'scope': {'project': {'name': 'admin', 'domain': {'id': 'default'}}}}})
        answer.raise_for_status()
        self.session.headers['X-Auth-Token'] = answer.headers['X-Subject-Token']

    def ask(self, method, address, **more):
        answer = self.session.request(method, address, **more)
        if not answer.ok:
            raise SystemExit(f'{method} {address}: {answer.status_code} {answer.text[:500]}')
        return answer.json() if 'json' in answer.headers.get('content-type', '') and answer.content else {}

    def ensure(self, address, one, named, rest=None, many=None):
        """The thing of these properties, made with the rest where it is not there. Its collection is the last part of the address."""
        many = many or address.rsplit('/', 1)[1].replace('-', '_')
        for thing in self.ask('GET', address, params=named)[many]:
            if all(str(thing.get(key)) == str(value) for key, value in named.items()):
                return thing
        return self.ask('POST', address, json={one: {**named, **(rest or {})}})[one]


def identity():
    cloud = Cloud()
    roles = {name: cloud.ensure(f'{KEYSTONE}/roles', 'role', {'name': name})['id'] for name in ('admin', 'member', 'reader', 'service', 'load-balancer_member', 'load-balancer_admin')}
    projects = {name: cloud.ensure(f'{KEYSTONE}/projects', 'project', {'name': name, 'domain_id': 'default'})['id'] for name in ('admin', 'service', 'workshop')}

    def user(name, password, project, *granted):
        made = cloud.ensure(f'{KEYSTONE}/users', 'user', {'name': name, 'domain_id': 'default'}, {'password': password})
        for role in granted:
            cloud.ask('PUT', f'{KEYSTONE}/projects/{projects[project]}/users/{made["id"]}/roles/{roles[role]}')

    for service, kind, path in CATALOG:
        user(service, settings.SERVICE_PASSWORD, 'service', 'admin', 'service')
        known = cloud.ensure(f'{KEYSTONE}/services', 'service', {'type': kind, 'name': service})
        cloud.ensure(f'{KEYSTONE}/endpoints', 'endpoint', {'service_id': known['id'], 'interface': 'public', 'region_id': REGION}, {'url': url(service, path)})
    domain = cloud.ensure(f'{KEYSTONE}/domains', 'domain', {'name': 'magnum'})['id']
    keeper = cloud.ensure(f'{KEYSTONE}/users', 'user', {'name': 'magnum_domain_admin', 'domain_id': domain}, {'password': settings.SERVICE_PASSWORD})['id']
    cloud.ask('PUT', f'{KEYSTONE}/domains/{domain}/users/{keeper}/roles/{roles["admin"]}')
    user('admin', settings.ADMIN_PASSWORD, 'admin', 'admin', 'load-balancer_admin')
    user('maker', settings.MEMBER_PASSWORD, 'workshop', 'member', 'load-balancer_member')


def image(cloud, name, **properties):
    """An image with a kibibyte of nothing in it."""
    for known in cloud.ask('GET', f'{GLANCE}/images', params={'name': name})['images']:
        if known['status'] == 'active':
            return known
    made = cloud.ask('POST', f'{GLANCE}/images', json={'name': name, 'container_format': 'bare', 'disk_format': 'raw', 'visibility': 'public', **properties})
    cloud.ask('PUT', f'{GLANCE}/images/{made["id"]}/file', data=bytes(1024), headers={'Content-Type': 'application/octet-stream'})
    return made


def things():
    """Flavors, images and an external network for everybody. @return what Octavia's configuration names."""
    cloud = Cloud()
    known = {flavor['name'] for flavor in cloud.ask('GET', f'{NOVA}/flavors', params={'is_public': 'None'})['flavors']}
    for name, memory, disk in (('m1.tiny', 512, 1), ('m1.small', 1024, 2), ('amphora', 1024, 2)):
        if name not in known:
            cloud.ask('POST', f'{NOVA}/flavors', json={'flavor': {'id': name, 'name': name, 'vcpus': 1, 'ram': memory, 'disk': disk, 'os-flavor-access:is_public': name != 'amphora'}})
    for name, distro, version in (('cirros-0.6', 'cirros', '0.6'), ('debian-12', 'debian', '12'), ('ubuntu-24.04', 'ubuntu', '24.04'), ('fedora-coreos-38', 'fedora-coreos', '38')):
        image(cloud, name, os_distro=distro, os_version=version, architecture='x86_64')
    outside = cloud.ensure(f'{NEUTRON}/networks', 'network', {'name': 'outside'}, {'router:external': True, 'is_default': True, 'provider:network_type': 'flat', 'provider:physical_network': 'outside'})
    cloud.ensure(f'{NEUTRON}/subnets', 'subnet', {'name': 'outside', 'network_id': outside['id']}, {'ip_version': 4, 'cidr': '203.0.113.0/24', 'enable_dhcp': False})
    templates(cloud, outside['id'])
    service = cloud.ensure(f'{KEYSTONE}/projects', 'project', {'name': 'service', 'domain_id': 'default'})['id']
    management = cloud.ensure(f'{NEUTRON}/networks', 'network', {'name': 'balancers', 'project_id': service})
    cloud.ensure(f'{NEUTRON}/subnets', 'subnet', {'name': 'balancers', 'network_id': management['id']}, {'ip_version': 4, 'cidr': '10.254.0.0/20', 'project_id': service})
    group = cloud.ensure(f'{NEUTRON}/security-groups', 'security_group', {'name': 'balancers', 'project_id': service})
    amphora = image(cloud, 'amphora', tags=['amphora'])
    return {'flavor': 'amphora', 'network': management['id'], 'group': group['id'], 'owner': amphora['owner']}


def templates(cloud, outside):
    """What clusters are made of, a template for each version of Kubernetes, as operators of Magnum have them."""
    known = {template['name'] for template in cloud.ask('GET', f'{MAGNUM}/clustertemplates')['clustertemplates']}
    for version in ('1.26.8', '1.27.8'):
        if f'kubernetes-{version}' not in known:
            cloud.ask('POST', f'{MAGNUM}/clustertemplates', json={
                'name': f'kubernetes-{version}', 'coe': 'kubernetes', 'image_id': 'fedora-coreos-38', 'external_network_id': outside, 'flavor_id': 'm1.small', 'master_flavor_id': 'm1.small', 'public': True,
                'labels': {'kube_tag': f'v{version}-rancher1'}})


def clouds_file(path):
    """What clients read."""
    with open(path, 'w', encoding='utf8') as file:
        file.write('clouds:\n')
        for name, user, password, project in (('workshop', 'maker', settings.MEMBER_PASSWORD, 'workshop'), ('admin', 'admin', settings.ADMIN_PASSWORD, 'admin')):
            file.write(f'''  {name}:
    region_name: {REGION}
    auth:
      auth_url: {url('keystone', '/v3')}
      username: {user}
      password: {password}
      project_name: {project}
      user_domain_name: Default
      project_domain_name: Default
''')


assert PORTS.keys() >= {service for service, _, _ in CATALOG}
