"""What the suites share: a client, and checks that print one line each and end with status 1 at the first
that fails."""

import os
import sys
import urllib.request

from musicapi import MusicAPI, MusicAPIError, PollOptions

BASE = os.environ["CATBIRD_URL"]
POLL = PollOptions(poll_interval_ms=250, timeout_ms=180_000)
LYRICS = "[Verse]\nTin roof rain and a kettle on low\nCounting the miles we had to go\n[Chorus]\nStay till the river lets go of me\nStay till the river runs down to the sea"


def client(key):
    return MusicAPI(api_key=key, base_url=f"{BASE}/api/v1")


def check(name, good):
    print(("ok  " if good else "FAIL") + f" {name}", flush=True)
    if not good:
        sys.exit(1)


def refused(name, call, status, code=None, text=None, credit=False, auth=False):
    try:
        answer = call()
    except MusicAPIError as error:
        fits = error.status == status and (code is None or error.code == code) and (text is None or text in str(error))
        check(f"{name}: {error!r}", fits and error.is_credit_error == credit and error.is_auth_error == auth)
        return
    check(f"{name}: answered {answer!r}", False)


def fetched(url, kind):
    with urllib.request.urlopen(url) as answer:
        body = answer.read()
        check(f"{kind} at {url}", answer.status == 200 and answer.headers["content-type"].startswith(kind) and len(body) > 500)
        return body
