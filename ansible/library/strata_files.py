#!/usr/bin/python
"""Ansible module: files and directories of a role, all in one round trip."""

import json
import os
import tempfile

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
---
module: strata_files
short_description: Writes files and directories, all in one round trip
description:
  - What ansible.builtin.template and file do, for several files at a time. On an emulated machine each task takes seconds.
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
"""

EXAMPLES = r"""
- name: Options of the kubelet
  strata_files:
    files:
      - path: /etc/default/kubelet
        content: "{{ lookup('ansible.builtin.template', 'default.j2') }}"
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


def main():
    path = {"path": {"type": "path", "required": True}}
    file_options = {**path, "content": {"type": "raw", "required": True}, "mode": {"type": "str", "default": "0644"}}
    directory_options = {**path, "mode": {"type": "str", "default": "0755"}}
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "default": [], "options": file_options},
            "directories": {"type": "list", "elements": "dict", "default": [], "options": directory_options},
        },
        supports_check_mode=True,
    )
    changed = []
    for directory in module.params["directories"]:
        if is_directory(directory["path"], int(directory["mode"], 8)):
            continue
        changed.append(directory["path"])
        if not module.check_mode:
            make_directory(directory["path"], int(directory["mode"], 8))
    for file in module.params["files"]:
        wanted = (file["path"], bytes_of(file["content"]), int(file["mode"], 8))
        if is_so(*wanted):
            continue
        changed.append(file["path"])
        if not module.check_mode:
            write(*wanted)
    module.exit_json(changed=bool(changed), paths=changed)


if __name__ == "__main__":
    main()
