import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filledIn } from "../../../../providers/strata/net/banner.ts";
import { hasJump, jumpConfiguration, removeJump, writeJump } from "../../../../providers/strata/access/jump.ts";

const state = mkdtempSync(join(tmpdir(), "jump-"));
beforeAll(() => {
  process.env.STRATA_STATE = state;
  delete process.env.XDG_RUNTIME_DIR;
});
afterAll(() => {
  rmSync(state, { recursive: true });
});

const jump = {
  ...{ stack: "lab", machine: "cloud-0", address: "10.83.0.1" },
  through: "qemu+ssh://root@lab1:2222/system?keyfile=/a key/100%25/id&known_hosts=/h",
};

test("a machine on another host is reached through it, by the URI's own key and known hosts", () => {
  const [first, command = ""] = jumpConfiguration(jump)?.split("\n") ?? [];
  expect(first).toBe("Host 10.83.0.1");
  expect(command).toMatch(/^ {2}ProxyCommand ssh -T -e none -o BatchMode=yes -o StrictHostKeyChecking=yes /);
  // ssh fills in %, and a shell takes it apart: what the inner ssh gets is "%C", and one file name.
  expect(command).toContain(`-o 'IdentityFile="/a key/100%%/id"' -o IdentitiesOnly=yes -o UserKnownHostsFile=/h`);
  expect(command).toMatch(/-o ControlPath=\/tmp\/strata-\d+-[0-9a-f]{6}\/%%C -o ControlPersist=60 /);
  expect(command).toMatch(/ -p 2222 -l root -W %h:%p lab1$/);
});

test("the probe of a booting machine runs the command as ssh does", () => {
  const command = "ssh -o ControlPath=/tmp/x/%%C -W %h:%p lab1";
  expect(filledIn(command, "10.83.0.1", "22")).toBe("ssh -o ControlPath=/tmp/x/%C -W 10.83.0.1:22 lab1");
});

test("its file is there exactly while it is wanted", async () => {
  expect(hasJump(jump)).toBe(false);
  await writeJump(jump);
  expect(hasJump(jump)).toBe(true);
  expect(hasJump({ ...jump, address: "10.83.0.2" })).toBe(false);
  await writeJump({ ...jump, through: undefined });
  expect([hasJump(jump), hasJump({ ...jump, through: undefined })]).toEqual([false, true]);
  await writeJump(jump);
  await removeJump(jump);
  expect(hasJump(jump)).toBe(false);
});
