/** How long each role of an Ansible run took, told from the headers of its tasks. */
export interface RoleTime {
  role: string;
  startMs: number;
  seconds: number;
}

/**
 * Listens to what ansible-playbook prints: "TASK [flannel : Manifest] ***". Tasks of other roles that a role includes
 * count as its own as long as they are not `roles` themselves.
 */
export class RoleTimes {
  readonly #roles: readonly string[];
  readonly #done: RoleTime[] = [];
  #current: { role: string; startMs: number } | undefined;

  /** @param roles those that are applied, in order. */
  constructor(roles: readonly string[]) {
    this.#roles = roles;
  }

  line(text: string, nowMs: number): void {
    const role = /^(?:TASK|RUNNING HANDLER) \[(\w+) : /.exec(text)?.[1];
    const next = this.#roles.indexOf(role ?? "");
    // A later role may include tasks of an earlier one.
    if (role === undefined || next <= this.#roles.indexOf(this.#current?.role ?? "")) return;
    this.#end(nowMs);
    this.#current = { role, startMs: nowMs };
  }

  /** @returns all of them, the last one ended now. */
  end(nowMs: number): RoleTime[] {
    this.#end(nowMs);
    return this.#done;
  }

  #end(nowMs: number): void {
    if (this.#current === undefined) return;
    const { role, startMs } = this.#current;
    this.#done.push({ role, startMs, seconds: (nowMs - startMs) / 1000 });
    this.#current = undefined;
  }
}
