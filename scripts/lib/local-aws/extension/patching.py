"""Replaces private functions of ministack."""

import importlib
import json
import sys


class Patches:
    """The replaced functions of a module. Ends the server if a name that the extension needs is missing."""

    def __init__(self, name, *needed):
        self.module = importlib.import_module(name)
        self.needed = needed
        missing = [f"{name}.{one}" for one in needed if not hasattr(self.module, one)]
        if missing:
            sys.exit(
                f"the extension of the local AWS needs {', '.join(missing)}, "
                "which this version of ministack does not have"
            )
        self.original = {one: getattr(self.module, one) for one in needed}

    def replace(self, function):
        """Replaces the function whose name is the one of the decorated function with a leading underscore."""
        name = f"_{function.__name__}"
        if name not in self.needed:
            raise KeyError(name)
        setattr(self.module, name, function)
        return function

    def call(self, name, *arguments):
        """Calls the function that was replaced."""
        return self.original[name](*arguments)


def edit_response(response, edit):
    """Edits the JSON body of a successful response."""
    status, headers, body = response
    if status != 200:
        return response
    content = json.loads(body)
    edit(content)
    return status, headers, json.dumps(content, ensure_ascii=False).encode()
