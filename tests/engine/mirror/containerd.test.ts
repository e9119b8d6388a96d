import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { imageFile, item, itemEntry, type ImageItem } from "../../../artifacts/mirror/item.ts";
import { obtain } from "../../../artifacts/mirror/obtain.ts";
import { exportItems, importItems } from "../../../artifacts/transfer/transfer.ts";
import { indexTar } from "../../../artifacts/serve/tarIndex.ts";
import { findEntry, readRecord } from "../../../artifacts/store/entry.ts";
import { patient } from "../../support/patience.ts";
import { until } from "../../support/until.ts";

// Cold, containerd and pause are built from their Go modules first.
const pause = item("pause", "3.10.1") as ImageItem;
const root = mkdtempSync(join(tmpdir(), "strata-mirror-"));
const processes: ChildProcess[] = [];
let ctr: (...args: string[]) => { status: number | null; output: string };

/** Starts the program that serves the mirror; its store is the current one. @returns its URL. */
async function serve(): Promise<string> {
  const main = join(import.meta.dirname, "../../../artifacts/serve/main.ts");
  const server = spawn(process.execPath, [main, "--address", "127.0.0.1", "--port", "0"], {
    // Jest's own environment is not the process's.
    env: process.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  processes.push(server);
  for await (const line of createInterface(server.stdout)) {
    return `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  }
  throw new Error("the mirror did not start");
}

/** Says that registry.k8s.io is to be had from the mirror, and from nowhere else. @returns containerd's hosts folder. */
function hostsOf(url: string): string {
  const hosts = mkdtempSync(join(root, "hosts-"));
  mkdirSync(join(hosts, "registry.k8s.io"));
  writeFileSync(
    join(hosts, "registry.k8s.io/hosts.toml"),
    `server = "${url}"\n[host."${url}"]\n  capabilities = ["pull", "resolve"]\n`,
  );
  return hosts;
}

/** By the client itself: the daemon's own transfer unpacks for overlayfs only, which not every host's file system bears. */
const pull = (url: string, image = pause.image) =>
  ctr("images", "pull", "--local", "--hosts-dir", hostsOf(url), "--snapshotter", "native", image);

beforeAll(async () => {
  const { directory } = await obtain(item("containerd", "2.2.1"));
  await obtain(pause);
  const address = join(root, "containerd.sock");
  const configuration = join(root, "config.toml");
  writeFileSync(
    configuration,
    'version = 3\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]\n',
  );
  const folders = ["--root", join(root, "root"), "--state", join(root, "state")];
  const daemon = spawn(
    join(directory, "containerd"),
    ["--config", configuration, ...folders, "--address", address, "--log-level", "error"],
    { stdio: "inherit" },
  );
  processes.push(daemon);
  ctr = (...args) => {
    const { status, stdout, stderr } = spawnSync(join(directory, "ctr"), ["--address", address, ...args], {
      encoding: "utf8",
      timeout: patient(120_000),
    });
    return { status, output: `${stdout}${stderr}` };
  };
  await until("containerd to answer", 2 * 60_000, () => ctr("version").status === 0, 200);
});

afterAll(async () => {
  for (const each of processes.reverse()) {
    const ended = new Promise((resolve) => each.once("exit", resolve));
    each.kill("SIGTERM");
    await ended;
  }
  rmSync(root, { recursive: true });
});

test("containerd pulls an image by its official name from the mirror", async () => {
  const url = await serve();
  const pulled = pull(url);
  expect(pulled).toMatchObject({ status: 0 });
  const { digest } = readRecord(itemEntry(pause)) as unknown as { digest: string };
  expect(ctr("images", "list").output).toMatch(
    new RegExp(`^registry\\.k8s\\.io/pause:3\\.10\\.1 +\\S+ +${digest} `, "m"),
  );
  const refused = pull(url, "registry.k8s.io/pause:9.9");
  expect(refused.status).not.toBe(0);
  expect(refused.output).toMatch(/not found/);
});

test("export and import move the image to another store, which serves it; a blob tampered with there is refused", async () => {
  const archive = join(root, "mirror.tar");
  const cache = join(root, "other");
  const { sha256 } = await exportItems([pause], archive);
  const before = process.env.STRATA_CACHE;
  process.env.STRATA_CACHE = cache;
  try {
    await importItems(archive, sha256);
    const file = join(findEntry(itemEntry(pause)).directory, imageFile);
    const url = await serve();
    ctr("images", "remove", "--sync", pause.image);
    expect(pull(url)).toMatchObject({ status: 0 });
    ctr("images", "remove", "--sync", pause.image);
    const { digest } = readRecord(itemEntry(pause)) as unknown as { digest: string };
    const blob = [...indexTar(file)]
      .filter(([name]) => name.startsWith("blobs/sha256/") && !name.endsWith(digest.slice("sha256:".length)))
      .sort(([, a], [, b]) => b.bytes - a.bytes)[0]!;
    const descriptor = openSync(file, "r+");
    writeSync(descriptor, Buffer.from("tampered"), 0, 8, blob[1].offset + 100);
    closeSync(descriptor);
    const refused = pull(url);
    expect(refused.status).not.toBe(0);
    expect(ctr("images", "list", "--quiet").output).not.toContain(pause.image);
    expect(execFileSync("curl", ["--silent", `${url}/files/`], { encoding: "utf8" })).toContain("SHA-256 differs");
  } finally {
    if (before === undefined) delete process.env.STRATA_CACHE;
    else process.env.STRATA_CACHE = before;
  }
});
