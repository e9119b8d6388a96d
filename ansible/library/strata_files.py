#!/usr/bin/python
"""Ansible module: files and directories of a role, all in one round trip."""

import hashlib
import json
import os
import tempfile

from ansible.module_utils.basic import AnsibleModule

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
"""


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


def marker_of(params):
    """A file that is there from the first change until the script has ended well."""
    paths = sorted(each["path"] for each in params["files"] + params["directories"])
    name = hashlib.sha256("\n".join(paths).encode()).hexdigest()[:16]
    return os.path.join(params["unapplied"], name)


def apply(module):
    script = module.params["apply"]
    status, out, err = module.run_command(["/bin/sh", "-eu", "-c", script])
    if status != 0:
        module.fail_json(msg=f"the files are written, and applying them failed: {err or out}", rc=status)
    os.remove(marker_of(module.params))


def main():
    path = {"path": {"type": "path", "required": True}}
    file_options = {**path, "content": {"type": "raw", "required": True}, "mode": {"type": "str", "default": "0644"}}
    directory_options = {**path, "mode": {"type": "str", "default": "0755"}}
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "default": [], "options": file_options},
            "directories": {"type": "list", "elements": "dict", "default": [], "options": directory_options},
            "apply": {"type": "str"},
            "unapplied": {"type": "path", "default": "/var/lib/strata/unapplied"},
        },
        supports_check_mode=True,
    )
    directories = [(each["path"], int(each["mode"], 8)) for each in module.params["directories"]]
    directories = [each for each in directories if not is_directory(*each)]
    files = [(each["path"], bytes_of(each["content"]), int(each["mode"], 8)) for each in module.params["files"]]
    files = [each for each in files if not is_so(*each)]
    changed = [path for path, *_ in directories + files]
    unapplied = bool(module.params["apply"]) and (bool(changed) or os.path.exists(marker_of(module.params)))

    if not module.check_mode:
        if unapplied:
            write(marker_of(module.params), b"", 0o600)
        for directory in directories:
            make_directory(*directory)
        for file in files:
            write(*file)
        if unapplied:
            apply(module)
    module.exit_json(changed=bool(changed) or unapplied, paths=changed)


if __name__ == "__main__":
    main()
