"""serve.py NAME PORT CONFIG: a web service that is only a WSGI application, on a small server that closes each connection after its answer."""
import os
import socketserver
import sys
from wsgiref import simple_server

name, port, config = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sys.argv = [name, '--config-file', config]


def keystone():
    os.environ['OS_KEYSTONE_CONFIG_FILES'] = config
    sys.argv = [name]
    from keystone.server.wsgi import initialize_public_application
    return initialize_public_application()


def placement():
    os.environ['OS_PLACEMENT_CONFIG_DIR'] = os.path.dirname(config)
    sys.argv = [name]
    from placement.wsgi import init_application
    return init_application()


def octavia():
    from octavia.api.app import setup_app
    return setup_app(argv=sys.argv)


class Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Handler(simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass

    def address_string(self):
        return self.client_address[0]


application = {'keystone': keystone, 'placement': placement, 'octavia': octavia}[name]()
simple_server.make_server('127.0.0.1', port, application, Server, Handler).serve_forever()
