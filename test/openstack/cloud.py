"""cloud.py up|down FOLDER: an OpenStack on 127.0.0.1 of Debian's own packages, without hypervisor, network or disks behind it. README.md tells what is real."""
import os
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
import settings
from processes import PYTHON, Processes
from settings import PORTS, url

HERE = os.path.dirname(os.path.abspath(__file__))
DATABASES = ['keystone', 'glance', 'placement', 'nova_api', 'nova_cell0', 'nova_cell1', 'neutron', 'cinder', 'octavia', 'magnum']
INFRASTRUCTURE = ['rabbitmq', 'epmd', 'mariadb']


class Cloud:
    def __init__(self, home):
        self.home = home
        self.processes = Processes(home)

    def config(self, name):
        return f'{self.home}/etc/{name}.conf'

    def up(self):
        for folder in ('etc', 'log', 'run', 'data/locks', 'data/nova', 'data/neutron', 'data/octavia', 'data/magnum', 'data/rabbitmq', 'data/cinder/coordination', 'data/fernet', 'data/credential', 'data/octavia-ca',
                       'data/glance/file', 'data/glance/os_glance_staging_store', 'data/glance/os_glance_tasks_store', 'entry-points/fakes.egg-info'):
            os.makedirs(f'{self.home}/{folder}', mode=0o755, exist_ok=True)
        for folder in ('fernet', 'credential'):
            os.chmod(f'{self.home}/data/{folder}', 0o700)
        self.announce_fakes()
        for name, sections in settings.everything(self.home).items():
            settings.write(f'{self.home}/etc/{name}', sections)
        self.mariadb()
        self.rabbitmq()
        self.first_time('databases', self.databases)
        self.processes.start('keystone', PYTHON, f'{HERE}/serve.py', 'keystone', str(PORTS['keystone']), self.config('keystone'))
        self.processes.answers('keystone', url('keystone', '/v3'))
        import seed
        self.first_time('identity', seed.identity)
        self.services()
        ids = seed.things()
        settings.write(self.config('octavia'), settings.octavia(self.home, ids))
        self.processes.start('octavia', PYTHON, f'{HERE}/serve.py', 'octavia', str(PORTS['octavia']), self.config('octavia'))
        self.processes.start('octavia-worker', *self.processes.entry('octavia.cmd.octavia_worker:main', '--config-file', self.config('octavia')))
        self.processes.answers('octavia', url('octavia'))
        self.processes.until('nova-compute', self.host_is_known)
        seed.clouds_file(f'{self.home}/clouds.yaml')

    def down(self):
        names = self.processes.running()
        self.processes.stop([name for name in names if name not in INFRASTRUCTURE])
        for name in INFRASTRUCTURE:
            self.processes.stop([name])

    def first_time(self, name, work):
        if not os.path.exists(f'{self.home}/data/{name}.done'):
            work()
            open(f'{self.home}/data/{name}.done', 'w', encoding='utf8').close()

    def announce_fakes(self):
        """Neutron and Magnum find drivers by the entry points of installed packages only."""
        with open(f'{self.home}/entry-points/fakes.egg-info/PKG-INFO', 'w', encoding='utf8') as file:
            file.write('Metadata-Version: 1.0\nName: fakes\nVersion: 1\n')
        with open(f'{self.home}/entry-points/fakes.egg-info/entry_points.txt', 'w', encoding='utf8') as file:
            file.write('[neutron.ml2.mechanism_drivers]\nwires-everything = fakes.network:WiresEverything\n[magnum.drivers]\nbuilds-nothing = fakes.cluster:BuildsNothing\n')

    def sql(self, statement):
        return subprocess.run(['mariadb', '--no-defaults', '-uroot', '-S', f'{self.home}/run.sock', '-N', '-e', statement], capture_output=True, text=True, check=False)

    def mariadb(self):
        data = f'{self.home}/data/mariadb'
        if not os.path.isdir(f'{data}/mysql'):
            subprocess.run(['mariadb-install-db', '--no-defaults', '--user=root', f'--datadir={data}', '--auth-root-authentication-method=normal', '--skip-test-db'], check=True, capture_output=True)
        # Nothing here must outlive a crash of the machine, so it need not wait for the disk.
        self.processes.start('mariadb', 'mariadbd', '--no-defaults', '--user=root', f'--datadir={data}', f'--socket={self.home}/run.sock', '--bind-address=127.0.0.1', f'--port={PORTS["mariadb"]}', '--skip-name-resolve',
                             '--character-set-server=utf8mb3', '--max-connections=1000', '--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--skip-log-bin', '--performance-schema=off', f'--pid-file={self.home}/data/mariadb.pid')
        self.processes.until('mariadb', lambda: self.sql('SELECT 1').returncode == 0)
        grants = ''.join(f'CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb3; GRANT ALL ON {name}.* TO openstack@"%";' for name in DATABASES)
        made = self.sql(f'CREATE USER IF NOT EXISTS openstack@"%" IDENTIFIED BY "{settings.SERVICE_PASSWORD}"; {grants}')
        if made.returncode != 0:
            raise SystemExit(made.stderr)

    def rabbitmq(self):
        with open(f'{self.home}/etc/rabbitmq.conf', 'w', encoding='utf8') as file:
            file.write(f'listeners.tcp.1 = 127.0.0.1:{PORTS["rabbitmq"]}\ndisk_free_limit.absolute = 100MB\nlog.console = true\nlog.console.level = warning\n')
        with open(f'{self.home}/etc/plugins', 'w', encoding='utf8') as file:
            file.write('[].')
        # Its port mapper would else be started by it as a process that nobody ends.
        self.processes.start('epmd', 'epmd', '-address', '127.0.0.1', '-port', str(PORTS['epmd']))
        self.processes.start(
            'rabbitmq', '/usr/lib/rabbitmq/bin/rabbitmq-server', RABBITMQ_NODENAME='openstack-test@localhost', RABBITMQ_DIST_PORT=str(PORTS['rabbitmq'] + 1), RABBITMQ_MNESIA_BASE=f'{self.home}/data/rabbitmq', RABBITMQ_LOGS='-',
            RABBITMQ_LOG_BASE=f'{self.home}/log', RABBITMQ_CONFIG_FILE=f'{self.home}/etc/rabbitmq', RABBITMQ_ENABLED_PLUGINS_FILE=f'{self.home}/etc/plugins', RABBITMQ_CONF_ENV_FILE='/dev/null', RABBITMQ_PID_FILE=f'{self.home}/data/rabbitmq.pid',
            # Else it reads commands from a terminal that is not there, and ends.
            RUNNING_UNDER_SYSTEMD='1', ERL_EPMD_PORT=str(PORTS['epmd']), ERL_EPMD_ADDRESS='127.0.0.1', RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 1:1 +sbwt none')

        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(('127.0.0.1', PORTS['rabbitmq'])) == 0
        self.processes.until('rabbitmq', listens)

    def databases(self):
        """Two lines of work, as most machines of CI have two cores."""
        once, config = self.processes.once, self.config

        def keystone():
            def manage(*arguments):
                once('keystone', 'keystone.cmd.manage:main', '--config-file', config('keystone'), *arguments)
            manage('db_sync')
            for command in ('fernet_setup', 'credential_setup'):
                manage(command, '--keystone-user', 'root', '--keystone-group', 'root')
            manage('bootstrap', '--bootstrap-password', settings.ADMIN_PASSWORD, '--bootstrap-region-id', settings.REGION, *(part for kind in ('public', 'internal', 'admin') for part in (f'--bootstrap-{kind}-url', url('keystone', '/v3'))))

        def nova():
            def manage(*arguments):
                once('nova', 'nova.cmd.manage:main', '--config-file', config('nova'), '--config-file', config('nova-database'), *arguments)
            manage('api_db', 'sync')
            manage('cell_v2', 'map_cell0', '--database_connection', settings.database('nova_cell0')['connection'])
            manage('cell_v2', 'create_cell', '--name', 'cell1')
            manage('db', 'sync')

        def neutron():
            once('neutron', 'neutron.db.migration.cli:main', '--config-file', config('neutron'), 'upgrade', 'heads')

        def rest():
            once('placement', 'placement.cmd.manage:main', '--config-file', config('placement'), 'db', 'sync')
            once('glance', 'glance.cmd.manage:main', '--config-file', config('glance'), 'db_sync')
            once('cinder', 'cinder.cmd.manage:main', '--config-file', config('cinder'), 'db', 'sync')
            once('magnum', 'magnum.cmd.db_manage:main', '--config-file', config('magnum'), 'upgrade')
            settings.write(config('octavia-database'), {'database': settings.database('octavia')})
            once('octavia', 'octavia.db.migration.cli:main', '--config-file', config('octavia-database'), 'upgrade', 'head')
            subprocess.run(['bash', f'{HERE}/authority', f'{self.home}/data/octavia-ca'], check=True, capture_output=True)

        with ThreadPoolExecutor(2) as lines:
            for work in [lines.submit(step) for step in (keystone, nova, neutron, rest)]:
                work.result()

    def services(self):
        entry, config = self.processes.entry, self.config
        nova = ['--config-file', config('nova'), '--config-file', config('nova-database')]
        self.processes.start('placement', PYTHON, f'{HERE}/serve.py', 'placement', str(PORTS['placement']), config('placement'))
        for name, target, arguments in (
                ('neutron', 'neutron.cmd.eventlet.server:main', ['--config-file', config('neutron')]), ('nova-conductor', 'nova.cmd.conductor:main', nova), ('nova-api', 'nova.cmd.api_os_compute:main', nova),
                ('glance', 'glance.cmd.api:main', ['--config-file', config('glance')]), ('nova-scheduler', 'nova.cmd.scheduler:main', nova), ('cinder-api', 'cinder.cmd.api:main', ['--config-file', config('cinder')]),
                ('cinder-scheduler', 'cinder.cmd.scheduler:main', ['--config-file', config('cinder')]), ('cinder-volume', 'cinder.cmd.volume:main', ['--config-file', config('cinder')]), ('magnum', 'magnum.cmd.api:main', ['--config-file', config('magnum')]), ('magnum-conductor', 'fakes.cluster:main', ['--config-file', config('magnum')])):
            self.processes.start(name, *entry(target, *arguments))
        self.processes.answers('placement', url('placement'))
        self.processes.start('nova-compute', *entry('fakes.compute:main', '--config-file', config('nova')))
        for name, address in (('nova-api', url('nova')), ('neutron', url('neutron')), ('glance', url('glance', '/healthcheck')), ('cinder-api', url('cinder', '/healthcheck')), ('magnum', url('magnum'))):
            self.processes.answers(name, address)

    def host_is_known(self):
        """Whether Nova may put servers on the one host that there is."""
        if self.sql('SELECT count(*) FROM nova_cell1.compute_nodes WHERE deleted = 0').stdout.strip() != '1':
            return False
        self.processes.once('nova', 'nova.cmd.manage:main', '--config-file', self.config('nova'), '--config-file', self.config('nova-database'), 'cell_v2', 'discover_hosts')
        return self.sql('SELECT count(*) FROM nova_api.host_mappings').stdout.strip() == '1'


if __name__ == '__main__':
    if len(sys.argv) != 3 or sys.argv[1] not in ('up', 'down') or not os.path.isabs(sys.argv[2]):
        raise SystemExit('usage: cloud.py up|down FOLDER (an absolute path)')
    if os.getuid() != 0 or shutil.which('mariadbd', path='/usr/sbin:/usr/bin') is None:
        raise SystemExit('needs root, and the packages of `packages`')
    getattr(Cloud(sys.argv[2]), sys.argv[1])()
