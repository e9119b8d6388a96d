/** Prefix of the environment keys that carry a machine's roles to its Ansible run; the role's name follows. */
export const roleKeyPrefix = "STRATA_ROLE_";
