"""`models login`: hand a token to the hub's own library, and say who one is."""

import argparse
import getpass
import json
import sys

from steerlm_studio.errors import StudioError
from steerlm_studio.models.hub import Hub
from steerlm_studio.models.login import account, log_in


def run(options: argparse.Namespace) -> int:
    if not options.who:
        token = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
        if not token.strip():
            raise StudioError("No token was given. Paste one, or pipe it in.")
        log_in(token)
    name = account(Hub())
    if options.json:
        print(json.dumps({"account": name}))
    else:
        print(f"Logged in as {name}" if name else "Not logged in")
    return 0
