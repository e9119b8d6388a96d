import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyScript, readScript, type Application } from "../../../../providers/strata/net/script.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "machine-"));
  mkdirSync(join(root, "bin"));
  // Stands in for tc: notes what it was given, refuses a batch with "bad" in it, and says that our tree is in force.
  const tc = `#!/bin/sh
case "$1" in
-batch) echo "$2: $(cat "$2")" >> ${root}/log; ! grep -q bad "$2" ;;
qdisc) case "$*" in *clsact) exit 2 ;; esac; [ "$2" = show ] && echo "qdisc htb 1: root refcnt 2" || echo "$*" >> ${root}/log ;;
esac
`;
  writeFileSync(join(root, "bin/tc"), tc);
  for (const name of ["ip", "ethtool"])
    writeFileSync(join(root, "bin", name), `#!/bin/sh\necho ${name} "$*" >> ${root}/log\n`);
  for (const name of ["tc", "ip", "ethtool"]) chmodSync(join(root, "bin", name), 0o755);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Runs the script with its files under the test's own root. */
function apply(application: Application): number {
  const script = applyScript(application).replaceAll(/(?<![\w.$])\/etc\//g, `${root}/etc/`);
  try {
    execFileSync("sh", ["-s"], {
      input: script,
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: `${root}/bin:${process.env.PATH ?? ""}` },
    });
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

const log = () =>
  readFileSync(join(root, "log"), "utf8")
    .replaceAll(root, "")
    .trim()
    .split("\n")
    .filter((line) => line !== "ip link del strata0");
const applied = () => readFileSync(join(root, "etc/strata/shaping.tc"), "utf8");

test("first the whole tree, then the short way, if the machine has what it should have", () => {
  expect(apply({ device: "lo", batch: "A\n" })).toBe(0);
  expect(apply({ device: "lo", batch: "B\n", change: { from: "A\n", batch: "A to B\n" } })).toBe(0);
  expect(apply({ device: "lo", batch: "D\n", change: { from: "C\n", batch: "C to D\n" } })).toBe(0);
  expect(log()).toEqual([
    "/etc/strata/shaping.tc.new: A",
    "/etc/strata/shaping.tc.change: A to B",
    "/etc/strata/shaping.tc.new: D",
  ]);
  expect(applied()).toBe("D\n");
  expect(existsSync(join(root, "etc/systemd/system/multi-user.target.wants/strata-shaping.service"))).toBe(true);
  expect(readFileSync(join(root, "etc/systemd/system/strata-shaping.service"), "utf8")).toContain(
    "/etc/strata/apply-shaping ",
  );
  expect(readFileSync(join(root, "etc/strata/apply-shaping"), "utf8")).toContain('exec tc -batch "$1"');
});

test("refused rules leave those from before in force", () => {
  apply({ device: "lo", batch: "A\n" });
  expect(apply({ device: "lo", batch: "bad\n" })).toBe(1);
  expect(log().slice(1)).toEqual(["/etc/strata/shaping.tc.new: bad", "/etc/strata/shaping.tc: A"]);
  expect(applied()).toBe("A\n");
});

test("refused first rules leave none", () => {
  expect(apply({ device: "lo", batch: "bad\n" })).toBe(1);
  expect(log().slice(1)).toEqual(["qdisc del dev lo root"]);
  expect(existsSync(join(root, "etc/strata/shaping.tc"))).toBe(false);
});

test("what tc can't do is done before the rules, and undone with them", () => {
  apply({ device: "lo", batch: "# single packets\n# inbound\nA\n" });
  apply({ device: "lo", batch: "B\n" });
  const asked = log().filter((line) => /^(ip|ethtool)/.test(line));
  expect(asked).toEqual([
    "ip link add strata0 type ifb",
    "ip link set strata0 up",
    "ethtool -K lo tso off gso off gro off",
    "ethtool -K lo tso on gso on gro on",
  ]);
});

test("what is read is one JSON document, whatever tc indents and quotes; it says so while a run injects", () => {
  const printed =
    'filter protocol ip pref 1 u32\\n\\taction order 1: mirred (Egress Redirect to device "strata0") stolen\\n';
  const tc = `#!/bin/sh\ncase "$1" in -j) printf '[]' ;; class) echo 'class htb 1:1 root rate 5Mbit' ;; *) printf '${printed}' ;; esac\n`;
  writeFileSync(join(root, "bin/tc"), tc);
  const read = () =>
    JSON.parse(
      execFileSync("sh", ["-s"], {
        input: readScript("eth0").replaceAll("/run/", `${root}/`),
        env: { PATH: `${root}/bin:${process.env.PATH ?? ""}` },
      }).toString(),
    ) as object;
  const text = "filter protocol ip pref 1 u32; action order 1: mirred (Egress Redirect to device  strata0 ) stolen;";
  const document = { qdiscs: [], classes: "class htb 1:1 root rate 5Mbit", filters: [], inbound: [] };
  expect(read()).toEqual({ ...document, duplicates: text, received: text });
  mkdirSync(join(root, "strata-injector"));
  writeFileSync(join(root, "strata-injector/active"), "");
  expect(read()).toEqual({ ...document, duplicates: text, received: text, injecting: true });
});
