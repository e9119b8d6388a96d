#!/usr/bin/python
"""Ansible module: files and directories of a role, all in one round trip.

Without Ansible's own Python library, which an emulated machine compiles anew for each task, for seconds: Ansible puts the
arguments into the text of a module that asks for them as below.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile

ARGUMENTS = r"""<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"""

DOCUMENTATION = r"""
---
module: strata_files
short_description: Writes files and directories, and applies them, all in one round trip
description:
  - What ansible.builtin.template, file and a handler do, for several files at a time. On an emulated machine each task
    takes seconds.
options:
  files:
    description:
      - The files. C(path), C(content), and optionally C(mode) ("0644").
      - Content that is no text is written as JSON; Ansible makes data of text that looks like it.
    type: list
    elements: dict
    default: []
  directories:
    description:
      - Directories, made before the files. C(path), and optionally C(mode) ("0755").
    type: list
    elements: dict
    default: []
  apply:
    description:
      - Script for /bin/sh, run with -eu when something has changed, or when it failed or was cut off the last time.
    type: str
  look:
    description:
      - Script for /bin/sh, run with -eu in the end whether or not something has changed.
    type: str
  unapplied:
    description:
      - Directory that remembers, over a reboot too, what is written and not applied yet.
    type: path
    default: /var/lib/strata/unapplied
"""

EXAMPLES = r"""
- name: Options of the kubelet
  strata_files:
    files:
      - path: /etc/default/kubelet
        content: "{{ lookup('ansible.builtin.template', 'default.j2') }}"
    apply: systemctl restart kubelet
"""

RETURN = r"""
paths:
  description: Files and directories that were not yet so.
  type: list
  returned: always
stdout:
  description: What the script C(look) printed.
  type: str
  returned: when it is there
"""

OPTIONS = {"files": [], "directories": [], "apply": None, "look": None, "unapplied": "/var/lib/strata/unapplied"}
FILE = {"path", "content", "mode"}
DIRECTORY = {"path", "mode"}


def is_so(path, content, mode):
    try:
        with open(path, "rb") as file:
            return file.read() == content and os.stat(path).st_mode & 0o7777 == mode
    except FileNotFoundError:
        return False


def is_directory(path, mode):
    return os.path.isdir(path) and os.stat(path).st_mode & 0o7777 == mode


def make_directory(path, mode):
    os.makedirs(path, exist_ok=True)
    os.chmod(path, mode)


def write(path, content, mode):
    """Under another name first: a reader finds the old file or the new one, never a part."""
    directory = os.path.dirname(path)
    os.makedirs(directory, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=".strata-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, mode)
    os.replace(temporary, path)


def bytes_of(content):
    text = content if isinstance(content, str) else json.dumps(content, indent=2, sort_keys=True) + "\n"
    return text.encode()


class Failure(Exception):
    """Its arguments: what goes into the result."""


def options_of(arguments):
    """Those of the task, with defaults. Raises Failure with all that are unknown or missing."""
    given = {name: value for name, value in arguments.items() if not name.startswith("_ansible_")}
    options = {**OPTIONS, **given}
    wrong = sorted(set(given) - set(OPTIONS))
    for name, known, needed in (("files", FILE, {"path", "content"}), ("directories", DIRECTORY, {"path"})):
        for each in options[name]:
            wrong += [f"{name}: {key}" for key in sorted(set(each) - known)]
            wrong += [f"{name}: no {key}" for key in sorted(needed - set(each))]
    if wrong:
        raise Failure({"msg": f"strata_files: wrong options: {', '.join(wrong)}"})
    return options


def marker_of(options):
    """A file that is there from the first change until the script has ended well."""
    paths = sorted(each["path"] for each in options["files"] + options["directories"])
    name = hashlib.sha256("\n".join(paths).encode()).hexdigest()[:16]
    return os.path.join(options["unapplied"], name)


def shell(script, failure):
    """What the script printed. Raises Failure with that sentence and what it said."""
    command = ["/bin/sh", "-eu", "-c", script]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise Failure({"msg": f"{failure}: {done.stderr or done.stdout}", "rc": done.returncode})
    return done.stdout


def run(arguments):
    options = options_of(arguments)
    checking = arguments.get("_ansible_check_mode", False)
    directories = [(each["path"], int(each.get("mode", "0755"), 8)) for each in options["directories"]]
    directories = [each for each in directories if not is_directory(*each)]
    files = [(each["path"], bytes_of(each["content"]), int(each.get("mode", "0644"), 8)) for each in options["files"]]
    files = [each for each in files if not is_so(*each)]
    changed = [path for path, *_ in directories + files]
    unapplied = bool(options["apply"]) and (bool(changed) or os.path.exists(marker_of(options)))

    if not checking:
        if unapplied:
            write(marker_of(options), b"", 0o600)
        for directory in directories:
            make_directory(*directory)
        for file in files:
            write(*file)
        if unapplied:
            shell(options["apply"], "the files are written, and applying them failed")
            os.remove(marker_of(options))
    result = {"changed": bool(changed) or unapplied, "paths": changed}
    if options["look"]:
        result["stdout"] = shell(options["look"], "looking failed")
    return result


if __name__ == "__main__":
    try:
        print(json.dumps(run(json.loads(ARGUMENTS))))
    except Failure as failure:
        print(json.dumps({"failed": True, **failure.args[0]}))
        sys.exit(1)
