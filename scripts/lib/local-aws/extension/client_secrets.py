"""Two secrets for each user pool client: the three actions, and authentication with every valid secret.

ministack compares a secret with client["ClientSecret"]. That stays the first secret, also after its deletion: a request that
contains another valid secret is compared as if it contained the first one, and other requests are refused before.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import string
import threading
import time
from urllib.parse import parse_qsl

from .patching import Patches, edit_response

app = Patches("ministack.app", "_handle_admin_config_request")
cognito = Patches(
    "ministack.services.cognito",
    "_SECRET_HASH_PARAMETERS",
    "_attr_list_to_dict",
    "_authenticate_client",
    "_describe_user_pool_client",
    "_dispatch_idp",
    "_now_epoch",
    "_oauth2_error",
    "_oauth2_token",
    "_refresh_auth_user",
    "_resolve_pool",
    "_run_idp_handler",
    "_update_user_pool_client",
    "_user_pools",
    "_validate_client_secret_hash",
    "error_response_json",
    "json_response",
    "run_reentrant",
)

MAX_SECRETS = 2
VALUE = re.compile(r"[\w+]{24,64}", re.ASCII)
GENERATED_LENGTH = 52
# a key of the client in the state of ministack, so that the secrets are saved and removed with the client
SECRETS = "_ClientSecrets"
# no hash of a secret
REFUSED = "\0"
SETTINGS_PATH = "/_ministack/client-secrets"

# actions run in threads
lock = threading.Lock()
settings = {"delaySeconds": 0}


@app.replace
async def handle_admin_config_request(path, method, body):
    """Sets the time until an added secret is valid, and until a deleted one is not."""
    if path != SETTINGS_PATH or method != "POST":
        return await app.call("_handle_admin_config_request", path, method, body)
    settings["delaySeconds"] = float(json.loads(body)["delaySeconds"])
    content = json.dumps(settings).encode()
    return 200, {"Content-Type": "application/json"}, content


def create_record(client, value, created, valid_from):
    return {
        "id": f"{client['ClientId']}--{round(created * 1000)}",
        "value": value,
        "created": created,
        "from": valid_from,
        "until": None,
    }


def create_first_record(client):
    return create_record(client, client["ClientSecret"], client["CreationDate"], 0)


def list_records(client):
    """Returns the secrets, deleted ones included."""
    return client.get(SECRETS) or [create_first_record(client)]


def list_present(client):
    return [one for one in list_records(client) if one["until"] is None]


def list_valid_values(client):
    now = time.time()
    return [
        one["value"]
        for one in list_records(client)
        if one["from"] <= now and (one["until"] is None or now < one["until"])
    ]


def find_client(client_id):
    """Returns a client that has a secret. Requests for a token have no account or Region."""
    for _, pool in list(cognito.module._user_pools.all_items()):
        client = pool["_clients"].get(client_id)
        if client is not None and client.get("ClientSecret"):
            return client
    return None


def fail(code, message):
    return cognito.module.error_response_json(code, message, 400)


def resolve_client(data):
    """Returns a client that has a secret, and an error if there is none."""
    pool, error = cognito.module._resolve_pool(data.get("UserPoolId"))
    if error:
        return None, error
    client_id = data.get("ClientId")
    client = pool["_clients"].get(client_id)
    if client is None:
        message = f"User pool client {client_id} does not exist."
        return None, fail("ResourceNotFoundException", message)
    if not client.get("ClientSecret"):
        message = f"User pool client {client_id} has no client secret."
        return None, fail("InvalidParameterException", message)
    return client, None


def describe(record):
    return {
        "ClientSecretId": record["id"],
        "ClientSecretCreateDate": record["created"],
    }


def add_user_pool_client_secret(data):
    client, error = resolve_client(data)
    if error:
        return error
    provided = data.get("ClientSecret")
    if provided is not None and not VALUE.fullmatch(provided):
        message = "ClientSecret must have 24 to 64 letters, digits, plus signs or underscores."
        return fail("InvalidParameterException", message)
    value = provided or generate_value()
    with lock:
        if len(list_present(client)) >= MAX_SECRETS:
            message = f"Client secrets cannot exceed limit of {MAX_SECRETS} for a client."
            return fail("LimitExceededException", message)
        records = list_records(client)
        # the id contains the time in milliseconds
        created = max(cognito.module._now_epoch(), records[-1]["created"] + 0.001)
        valid_from = time.time() + settings["delaySeconds"]
        added = create_record(client, value, round(created, 3), valid_from)
        client[SECRETS] = [*records, added]
    described = describe(added)
    if provided is None:
        described["ClientSecretValue"] = value
    return cognito.module.json_response({"ClientSecretDescriptor": described})


def generate_value():
    alphabet = string.ascii_lowercase + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(GENERATED_LENGTH))


def list_user_pool_client_secrets(data):
    """Returns both secrets in one page, as AWS does."""
    client, error = resolve_client(data)
    if error:
        return error
    described = [describe(one) for one in list_present(client)]
    return cognito.module.json_response({"ClientSecrets": described})


def delete_user_pool_client_secret(data):
    client, error = resolve_client(data)
    if error:
        return error
    secret_id = data.get("ClientSecretId")
    with lock:
        present = list_present(client)
        if secret_id not in [one["id"] for one in present]:
            message = f"Client secret {secret_id} does not exist."
            return fail("ResourceNotFoundException", message)
        if len(present) == 1:
            message = "Cannot delete the only client secret."
            return fail("InvalidParameterException", message)
        now = time.time()
        until = now + settings["delaySeconds"]
        client[SECRETS] = [
            {**one, "until": until} if one["id"] == secret_id else one
            for one in list_records(client)
            if one["until"] is None or now < one["until"]
        ]
    return cognito.module.json_response({})


ADDED_ACTIONS = {
    "AddUserPoolClientSecret": add_user_pool_client_secret,
    "ListUserPoolClientSecrets": list_user_pool_client_secrets,
    "DeleteUserPoolClientSecret": delete_user_pool_client_secret,
}


@cognito.replace
async def dispatch_idp(action, data):
    handler = ADDED_ACTIONS.get(action)
    if handler is None:
        return await cognito.call("_dispatch_idp", action, data)
    run = cognito.module._run_idp_handler
    return await cognito.module.run_reentrant(run, handler, action, data)


def hide_other_secrets(content):
    """Leaves the first secret in the description of a client, or nothing after its deletion."""
    client = content["UserPoolClient"]
    records = client.pop(SECRETS, None)
    if records is None:
        return
    first_id = create_first_record(client)["id"]
    if first_id not in [one["id"] for one in records if one["until"] is None]:
        client["ClientSecret"] = ""


@cognito.replace
def describe_user_pool_client(data):
    response = cognito.call("_describe_user_pool_client", data)
    return edit_response(response, hide_other_secrets)


@cognito.replace
def update_user_pool_client(data):
    response = cognito.call("_update_user_pool_client", data)
    return edit_response(response, hide_other_secrets)


@cognito.replace
def oauth2_token(data, query_params, raw_body=b"", headers=None):
    """Authenticates the client before the code or the refresh token is looked up, as AWS does."""
    form = dict(parse_qsl(raw_body.decode(errors="replace")))
    client_id, secret = cognito.call("_authenticate_client", headers or {}, form)
    client = find_client(client_id)
    if client is not None and secret not in list_valid_values(client):
        message = "Invalid client credentials."
        return cognito.module._oauth2_error("invalid_client", message)
    return cognito.call("_oauth2_token", data, query_params, raw_body, headers)


@cognito.replace
def authenticate_client(headers, form):
    client_id, secret = cognito.call("_authenticate_client", headers, form)
    client = find_client(client_id)
    if client is None or secret not in list_valid_values(client):
        return client_id, secret
    return client_id, client["ClientSecret"]


@cognito.replace
def validate_client_secret_hash(action, data):
    changed = replace_secret_hash(action, data) or data
    return cognito.call("_validate_client_secret_hash", action, changed)


def replace_secret_hash(action, data):
    """Returns a request with a hash of the first secret if it contains a hash of any valid one."""
    parent = cognito.module._SECRET_HASH_PARAMETERS.get(action)
    client = find_client(data.get("ClientId"))
    if parent is None or client is None:
        return None
    parameters = data.get(parent, {}) if parent else data
    key = "SECRET_HASH" if parent else "SecretHash"
    user_name = find_user_name(client, data, parameters)
    if not parameters.get(key) or user_name is None:
        return None
    values = list_valid_values(client)
    hashes = [hash_secret(value, user_name, client) for value in values]
    first = hash_secret(client["ClientSecret"], user_name, client)
    changed = {**parameters, key: first if parameters[key] in hashes else REFUSED}
    return {**data, parent: changed} if parent else changed


def find_user_name(client, data, parameters):
    """Returns the user name in a secret hash. For a refresh token, it is that of its owner."""
    if not str(data.get("AuthFlow")).startswith("REFRESH_TOKEN"):
        return parameters.get("USERNAME") or parameters.get("Username")
    pool = cognito.module._resolve_pool(client["UserPoolId"])[0]
    token = parameters.get("REFRESH_TOKEN", "")
    owner, error = cognito.module._refresh_auth_user(
        pool, client["UserPoolId"], client["ClientId"], token
    )
    if error:
        return None
    attributes = cognito.module._attr_list_to_dict(owner.get("Attributes", []))
    return attributes.get("sub") if pool.get("UsernameAttributes") else owner["Username"]


def hash_secret(secret, user_name, client):
    message = f"{user_name}{client['ClientId']}".encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
