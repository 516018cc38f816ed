"""Programs that run in the background: each in a session of its own, known by a file with its number and start time, so that a number that was given to another is never ended."""
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = '/usr/bin/python3'


def start_of(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='utf8') as file:
            fields = file.read().rsplit(') ', 1)[1].split()
        return None if fields[0] == 'Z' else fields[19]
    except FileNotFoundError:
        return None


class Processes:
    def __init__(self, home):
        self.home = home
        self.environment = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': f'{home}/data', 'LANG': 'C.UTF-8', 'PYTHONPATH': f'{HERE}:{home}/entry-points', 'PYTHONUNBUFFERED': '1', 'PYTHONDONTWRITEBYTECODE': '1'}

    def _known(self, name):
        try:
            with open(f'{self.home}/run/{name}', encoding='utf8') as file:
                pid, start = file.read().split()
        except FileNotFoundError:
            return None
        return int(pid) if start_of(pid) == start else None

    def start(self, name, *command, **environment):
        if self._known(name):
            return
        with open(f'{self.home}/log/{name}.log', 'ab') as log:
            child = subprocess.Popen(command, env={**self.environment, **environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=f'{self.home}/data')
        with open(f'{self.home}/run/{name}', 'w', encoding='utf8') as file:
            file.write(f'{child.pid} {start_of(child.pid)}')

    def entry(self, target, *arguments):
        """The command of a Python entry point such as `nova.cmd.scheduler:main`: Debian's libraries bring no programs of their own."""
        module, function = target.split(':')
        return [PYTHON, '-c', f'import sys; sys.argv[0] = {module!r}; from {module} import {function} as run; sys.exit(run())', *arguments]

    def once(self, name, target, *arguments):
        """Runs such a command to its end. @raise SystemExit with the end of its output."""
        done = subprocess.run(self.entry(target, *arguments), env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=f'{self.home}/data', check=False)
        with open(f'{self.home}/log/setup.log', 'ab') as log:
            log.write(f'== {name}\n'.encode() + done.stdout)
        if done.returncode != 0:
            raise SystemExit(f'{name} failed:\n{done.stdout.decode(errors="replace")[-2000:]}')

    def until(self, name, holds, seconds=240):
        """Waits. @raise SystemExit with the end of the log where the program ended or the time is over."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end or not self._known(name):
                with open(f'{self.home}/log/{name}.log', encoding='utf8', errors='replace') as log:
                    raise SystemExit(f'{name} {"does not answer" if self._known(name) else "ended"}:\n{log.read()[-2000:]}')
            time.sleep(0.5)

    def answers(self, name, address):
        def asked():
            try:
                urllib.request.urlopen(address, timeout=10)
            except urllib.error.HTTPError as refusal:
                return refusal.code < 500
            except OSError:
                return False
            return True
        self.until(name, asked)

    def stop(self, names):
        """Asks them to end, all at once, and ends those that do not."""
        for sign, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            alive = {name: pid for name in names if (pid := self._known(name))}
            for pid in alive.values():
                os.killpg(pid, sign)
            end = time.monotonic() + seconds
            while time.monotonic() < end and any(self._known(name) for name in alive):
                time.sleep(0.2)
        for name in names:
            if os.path.exists(f'{self.home}/run/{name}'):
                os.unlink(f'{self.home}/run/{name}')

    def running(self):
        return sorted(os.listdir(f'{self.home}/run')) if os.path.isdir(f'{self.home}/run') else []
