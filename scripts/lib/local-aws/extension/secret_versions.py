"""Versions of secrets and their labels as in AWS.

The actions of ministack on secrets run one after another, so that a call and its correction cannot be interrupted.
"""

import time

from .patching import Patches, edit_response

secrets_manager = Patches(
    "ministack.services.secretsmanager",
    "_add_stage",
    "_apply_current_promotion",
    "_create_secret",
    "_is_replica",
    "_list_secret_version_ids",
    "_put_secret_value",
    "_remove_stage_everywhere",
    "_resolve",
    "_sync_replicas",
    "_update_secret_version_stage",
    "error_response_json",
    "json_response",
)

CURRENT = "AWSCURRENT"
# for all versions of a secret together
MAX_LABELS = 20


def fail(code, message):
    return secrets_manager.module.error_response_json(code, message, 400)


def find_secret(data):
    """Returns the secret of a request that may change it."""
    _, secret = secrets_manager.module._resolve(data.get("SecretId"))
    is_usable = secret and not secret.get("DeletedDate")
    if not is_usable or secrets_manager.module._is_replica(secret):
        return None
    return secret


def check_label_limit(secret, labels):
    present = {one for version in secret["Versions"].values() for one in version["Stages"]}
    if len(present.union(labels)) <= MAX_LABELS:
        return None
    message = f"A secret can have up to {MAX_LABELS} staging labels."
    return fail("LimitExceededException", message)


@secrets_manager.replace
def apply_current_promotion(secret, version_id):
    """Keeps versions that have lost their last label."""
    before = dict(secret["Versions"])
    secrets_manager.call("_apply_current_promotion", secret, version_id)
    for one, version in before.items():
        secret["Versions"].setdefault(one, version)


@secrets_manager.replace
def create_secret(data):
    """Creates no version without a value."""
    response = secrets_manager.call("_create_secret", data)
    if "SecretString" in data or "SecretBinary" in data:
        return response

    def remove_version(content):
        secret = find_secret({"SecretId": content["ARN"]})
        secret["Versions"].pop(content.pop("VersionId"))

    return edit_response(response, remove_version)


@secrets_manager.replace
def put_secret_value(data):
    """Puts a value once for each token, and attaches exactly the requested labels, each to this version only."""
    secret = find_secret(data)
    if secret is None:
        return secrets_manager.call("_put_secret_value", data)
    existing = secret["Versions"].get(data.get("ClientRequestToken"))
    if existing is not None:
        return repeat_put(secret, data, existing)
    labels = data.get("VersionStages") or [CURRENT]
    if not secret["Versions"] and CURRENT not in labels:
        labels = [*labels, CURRENT]
    error = check_label_limit(secret, labels)
    if error:
        return error
    response = secrets_manager.call("_put_secret_value", {**data, "VersionStages": labels})

    def attach_labels(content):
        version_id = content["VersionId"]
        for label in labels:
            secrets_manager.module._remove_stage_everywhere(secret, label, version_id)
            secrets_manager.module._add_stage(secret, version_id, label)
        version = secret["Versions"][version_id]
        # versions of one second have an order
        version["CreatedDate"] = round(time.time(), 3)
        content["VersionStages"] = list(version["Stages"])
        secrets_manager.module._sync_replicas(secret)

    return edit_response(response, attach_labels)


def repeat_put(secret, data, existing):
    """Answers a request whose token was used: it changes nothing."""
    is_same = all(
        existing.get(key) == data.get(key) for key in ("SecretString", "SecretBinary")
    )
    if not is_same:
        message = "You can't use ClientRequestToken with a different secret value."
        return fail("ResourceExistsException", message)
    return secrets_manager.module.json_response(
        {
            "ARN": secret["ARN"],
            "Name": secret["Name"],
            "VersionId": data["ClientRequestToken"],
            "VersionStages": list(existing["Stages"]),
        }
    )


@secrets_manager.replace
def update_secret_version_stage(data):
    """Refuses to remove AWSCURRENT from every version, and to exceed the limit of labels."""
    secret = find_secret(data)
    label = data.get("VersionStage")
    target = data.get("MoveToVersionId")
    if secret is not None and label == CURRENT and not target:
        message = f"{CURRENT} can be moved to another version, but not removed."
        return fail("InvalidParameterException", message)
    if secret is not None and label and target in secret["Versions"]:
        error = check_label_limit(secret, [label])
        if error:
            return error
    return secrets_manager.call("_update_secret_version_stage", data)


@secrets_manager.replace
def list_secret_version_ids(data):
    """Leaves out versions without labels, unless they are requested."""
    response = secrets_manager.call("_list_secret_version_ids", data)
    if data.get("IncludeDeprecated"):
        return response

    def remove_unlabeled(content):
        content["Versions"] = [
            one for one in content["Versions"] if one["VersionStages"]
        ]

    return edit_response(response, remove_unlabeled)
