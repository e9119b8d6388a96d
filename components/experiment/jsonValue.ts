/** A value of JSON, as configuration files and the variables of Ansible roles hold it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
