"""TLS for a server of the lab, as others add it: its listening socket is wrapped.

The file with the key and the certificate is named by LAB_CERTIFICATE.  Standard
library only, Python 3.6+.
"""

import os
import ssl


def wrap(server):
    """From now on each connection that `server` accepts begins with a handshake."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(os.environ["LAB_CERTIFICATE"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
