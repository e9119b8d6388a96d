import { join } from "node:path";

/** Where Ansible has its playbooks and configuration. */
export const ansibleDirectory = join(import.meta.dirname, "../../ansible");

export const rolesDirectory = join(ansibleDirectory, "roles");
