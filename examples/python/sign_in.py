"""Signs a person in at the Roblox emulator and lists their groups, with Python's standard library alone.

    npx -p passport-roblox-oauth2 -p oidc-provider passport-roblox-oauth2 emulator --control
    python3 sign_in.py http://127.0.0.1:4000
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

ROBLOX = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4000"
CLIENT = {
    "client_id": "840974200211308101",
    "client_secret": "RBX-demo-secret-for-the-emulator-only",
}
REDIRECT_URI = "http://localhost:8000/callback"


class StopAtRedirects(urllib.request.HTTPRedirectHandler):
    """Does not follow redirects: no app listens at the callback URL, and only its code is needed."""

    def redirect_request(self, *_args):
        return None


def request(method, url, headers=None, form=None, body=None):
    """Returns status, headers and body, for every status."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    if body is not None:
        data = json.dumps(body).encode()
    asked = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
    try:
        answer = urllib.request.build_opener(StopAtRedirects).open(asked)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read().decode()


def call(path, token):
    """Calls Open Cloud."""
    status, _, text = request("GET", ROBLOX + path, {"authorization": f"Bearer {token}"})
    if status != 200:
        raise RuntimeError(f"{path} answered {status}: {text}")
    return json.loads(text)


def control(word, **fields):
    """Calls a method of the emulator's control interface."""
    status, _, text = request("POST", f"{ROBLOX}/control/{word}", body=fields)
    if status != 200:
        raise RuntimeError(f"{word} answered {status}: {text}")
    return json.loads(text)["result"]


def sign_in(user_id):
    """Allows the app in the name of a person, as a click on the consent page does, and returns the tokens."""
    discovery = json.loads(request("GET", f"{ROBLOX}/oauth/.well-known/openid-configuration")[2])
    query = urllib.parse.urlencode(
        {
            "client_id": CLIENT["client_id"],
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile group:read",
            "state": "python",
        }
    )
    page = f"{discovery['authorization_endpoint']}?{query}"
    _, headers, _ = request("POST", page, form={"user": user_id, "action": "allow"})
    callback = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["location"]).query)
    if callback["state"] != ["python"]:
        raise RuntimeError("another state came back")
    form = {**CLIENT, "grant_type": "authorization_code", "code": callback["code"][0], "redirect_uri": REDIRECT_URI}
    return json.loads(request("POST", discovery["token_endpoint"], form=form)[2])


def list_ranks(user_id, token):
    """The person's highest rank in each of their groups, by the group's name."""
    user_filter = urllib.parse.quote(f"user in ['users/{user_id}']")
    page = call(f"/cloud/v2/groups/-/memberships?maxPageSize=100&filter={user_filter}", token)
    ranks = {}
    for membership in page["groupMemberships"]:
        role = call(f"/cloud/v2/{membership['role']}", token)
        group = call(f"/cloud/v2/{membership['role'].split('/roles/')[0]}", token)
        ranks[group["displayName"]] = role["rank"]
    return ranks


tokens = sign_in("4100000001")
person = json.loads(
    request("GET", f"{ROBLOX}/oauth/v1/userinfo", {"authorization": f"Bearer {tokens['access_token']}"})[2]
)
before = list_ranks(person["sub"], tokens["access_token"])
control("setRank", groupId="7001", userId="4100000001", rank=200)
after = list_ranks(person["sub"], tokens["access_token"])
print(json.dumps({"name": person["preferred_username"], "before": before, "after": after}))
