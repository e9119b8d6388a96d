import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  imageFile,
  item,
  itemEntry,
  items,
  moduleVersion,
  type ImageItem,
  type Item,
} from "../../../artifacts/mirror/item.ts";
import { obtain } from "../../../artifacts/mirror/obtain.ts";
import { createMirror } from "../../../artifacts/serve/server.ts";
import { indexTar } from "../../../artifacts/serve/tarIndex.ts";
import { goModuleKey } from "../../../artifacts/sources/goModule.ts";
import { pullImage } from "../../../artifacts/oci/registry.ts";
import { findEntry, readRecord } from "../../../artifacts/store/entry.ts";
import { findExecutable } from "../../../setup/executables.ts";
import { testUnless } from "../../support/describeUnless.ts";
import { storeFake } from "../../support/mirror/fakeItems.ts";

const folder = join(import.meta.dirname, "../../../artifacts");
const realFetch = globalThis.fetch;
const asked: string[] = [];
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "strata-obtain-"));
  process.env.STRATA_CACHE = cache;
  asked.length = 0;
});

afterEach(() => {
  globalThis.fetch = realFetch;
  delete process.env.STRATA_CACHE;
  rmSync(cache, { recursive: true });
});

/** The world's sites: what they have, by URL. Everything else is not found. */
function pretend(site: Record<string, string | Buffer>): void {
  globalThis.fetch = ((url: string) => {
    asked.push(url);
    const content = site[url];
    return Promise.resolve(
      content === undefined
        ? new Response("", { status: 404 })
        : new Response(typeof content === "string" ? content : new Uint8Array(content)),
    );
  }) as typeof fetch;
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
// A version that artifacts/manifest.lock.yaml does not pin: whatever this pretended publisher has is right.
const version = "1.33.13";
const base = `https://dl.k8s.io/release/v${version}/bin/linux/amd64`;
const programs = ["kubeadm", "kubelet", "kubectl"];
const kubernetes = item("kubernetes", version);

test("official programs, each with the publisher's checksum", async () => {
  pretend(
    Object.fromEntries(
      programs.flatMap((name) => [
        [`${base}/${name}`, name],
        [`${base}/${name}.sha256`, sha256(name)],
      ]),
    ),
  );
  const { directory } = await obtain(kubernetes, undefined, ["official"]);
  expect(readdirSync(directory).sort()).toEqual(["artifact.json", ...programs].sort());
  expect(statSync(join(directory, "kubelet")).mode & 0o777).toBe(0o755);
  expect(readRecord(itemEntry(kubernetes))).toMatchObject({ source: "official", from: `${base}/kubeadm` });
  asked.length = 0;
  await obtain(kubernetes);
  expect(asked).toEqual([]);
});

test("a program that is not what the publisher's checksum says is refused, and the other way is told", async () => {
  pretend(
    Object.fromEntries(
      programs.flatMap((name) => [
        [`${base}/${name}`, "malware"],
        [`${base}/${name}.sha256`, sha256(name)],
      ]),
    ),
  );
  await expect(obtain(kubernetes, undefined, ["official"])).rejects.toThrow(
    `kubernetes ${version} can't be had. official: ${base}/kubeadm: SHA-256 is ${sha256("malware")}, the publisher says ${sha256("kubeadm")}\n` +
      "Mend one of these, or bring the files yourself: strata mirror add kubernetes 1.33.13 FILE",
  );
  expect(findEntry(itemEntry(kubernetes)).state).toBe("missing");
});

/** Tries both ways, of which the second must not begin. @throws as `obtain` does. */
async function notBuilt(wanted: Item): Promise<void> {
  const phases: string[] = [];
  const failure: unknown = await obtain(wanted, ({ text }) => phases.push(text)).catch((error: unknown) => error);
  expect([phases.filter((phase) => phase.includes("trying the next")), String(failure)]).toEqual([
    [],
    expect.not.stringContaining("build: "),
  ]);
  throw failure;
}

test("a pinned program that its publisher has replaced, checksum and all, is refused and not built instead", async () => {
  const pinned = base.replace(version, "1.35.4");
  pretend({ [`${pinned}/kubeadm`]: "replaced", [`${pinned}/kubeadm.sha256`]: sha256("replaced") });
  await expect(notBuilt(item("kubernetes", "1.35.4"))).rejects.toThrow(
    /kubeadm\.sha256: SHA-256 is [0-9a-f]{64}, artifacts\/manifest\.lock\.yaml says [0-9a-f]{64}; the publisher's file was replaced/,
  );
  expect(asked).toEqual([`${pinned}/kubeadm.sha256`]);
});

test.each([
  ["is not what the publisher's checksum says", "malware", /kubeadm: SHA-256 is [0-9a-f]{64}, the publisher says/],
  [
    "meets a full disk",
    new Error("write failed", { cause: new Error("ENOSPC: no space left on device, write") }),
    /kubernetes 1.33.13/,
  ],
])("a program that %s is not built instead, and its site still counts as reachable", async (_, content, reason) => {
  const body = () =>
    new ReadableStream({
      pull: (controller) => {
        if (content instanceof Error) controller.error(content.cause);
        else controller.enqueue(Buffer.from(content));
        controller.close();
      },
    });
  globalThis.fetch = ((url: string) => {
    asked.push(url);
    return Promise.resolve(url.endsWith(".sha256") ? new Response(sha256("kubeadm")) : new Response(body()));
  }) as typeof fetch;
  for (const attempt of [1, 2]) {
    asked.length = 0;
    await expect(notBuilt(kubernetes)).rejects.toThrow(reason);
    expect([attempt, asked]).toEqual([attempt, [`${base}/kubeadm.sha256`, `${base}/kubeadm`]]);
  }
});

test("programs out of an official archive", async () => {
  const tree = join(cache, "tree");
  mkdirSync(tree);
  for (const name of ["bridge", "flannel", "vlan"]) writeFileSync(join(tree, name), name);
  execFileSync("tar", ["--create", "--gzip", "--file", join(cache, "c.tar.gz"), "--directory", tree, "."]);
  const archive = readFileSync(join(cache, "c.tar.gz"));
  const name = "cni-plugins-linux-amd64-v0.9.1.tgz";
  const url = `https://github.com/containernetworking/plugins/releases/download/v0.9.1/${name}`;
  pretend({ [url]: archive, [`${url}.sha256`]: `${sha256(archive)}  ${name}\n` });
  const { directory } = await obtain(item("cni-plugin-flannel", "0.9.1"), undefined, ["official"]);
  expect(readdirSync(directory).sort()).toEqual(["artifact.json", "flannel"]);
  expect(readFileSync(join(directory, "flannel"), "utf8")).toBe("flannel");
  expect(readdirSync(join(cache, "partial"))).toEqual([]);
});

const building = findExecutable("go") === undefined ? "there is no Go on PATH" : undefined;
const built =
  "where the official release can't be had, the program is built and packed into an image by its official name";
testUnless(building, built, async () => {
  pretend({});
  const pause = item("pause", "3.10.1") as ImageItem;
  const phases: string[] = [];
  const { directory } = await obtain(pause, ({ text }, what) => phases.push(`${what}: ${text}`));
  expect(phases).toContain("pause 3.10.1: the official way failed, trying the next");
  expect(readRecord(itemEntry(pause))).toMatchObject({
    source: "built",
    from: expect.stringMatching(/^Go module pause 3\.10\.1, go1\./),
  });
  const members = indexTar(join(directory, imageFile));
  const { offset, bytes } = members.get("index.json")!;
  const index = JSON.parse(
    readFileSync(join(directory, imageFile))
      .subarray(offset, offset + bytes)
      .toString(),
  ) as { manifests: { annotations: Record<string, string> }[] };
  expect(index.manifests.map(({ annotations }) => annotations["io.containerd.image.name"])).toEqual([pause.image]);
});

describe("an image from a registry", () => {
  const pause = item("pause", "3.10.1") as ImageItem;
  let server: Server;
  let origin: () => string;
  let blobs: string;

  beforeEach(async () => {
    await storeFake(pause);
    server = createMirror(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    origin = () => `http://127.0.0.1:${port}`;
    blobs = join(cache, "blobs");
    mkdirSync(blobs);
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const pull = (expected?: string) =>
    pullImage(
      { image: pause.image, architecture: "amd64", expected, blobs, origin },
      () => undefined,
      new AbortController().signal,
    );
  const digest = () => (readRecord(itemEntry(pause)) as unknown as { digest: string }).digest;

  test("all its parts, by digest; an interrupted part is gone on with", async () => {
    const { manifest, blobs: parts } = await pull();
    expect(manifest.digest).toBe(digest());
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(`sha256:${sha256(readFileSync(part.file))}`).toBe(part.digest);
    const layer = parts[2]!;
    const whole = readFileSync(layer.file);
    writeFileSync(layer.file, whole.subarray(0, 10));
    await pull(digest());
    expect(readFileSync(layer.file).equals(whole)).toBe(true);
  });

  test("another image than the pinned one is refused", async () => {
    await expect(pull(`sha256:${"0".repeat(64)}`)).rejects.toThrow("the image was replaced after it was pinned");
  });

  test("a part whose beginning is not what was published is not kept, and got anew", async () => {
    const { blobs: parts } = await pull();
    const { file, digest: expected } = parts[2]!;
    writeFileSync(file, "evil");
    await pull();
    expect(`sha256:${sha256(readFileSync(file))}`).toBe(expected);
  });

  test("several pulls at a time that share parts each end with all of them", async () => {
    const pulled = await Promise.all([pull(), pull(), pull(), pull()]);
    for (const part of pulled.flatMap(({ blobs }) => blobs)) {
      expect(`sha256:${sha256(readFileSync(part.file))}`).toBe(part.digest);
    }
  });
});

test("each version of each item has its own key", () => {
  const keys = items().map((each) => itemEntry(each).key);
  expect(new Set(keys).size).toBe(keys.length);
});

test.each(items().map((each) => [each.title, each] as const))(
  "%s can be built: its module is pinned, with checksums",
  (_, each) => {
    const { module } = each.artifact.build;
    if (module === "pause") return;
    const file = join(folder, "go", module, moduleVersion(each));
    const text = readFileSync(`${file}.mod`, "utf8");
    expect(text).toMatch(new RegExp(`^\\t?(require )?\\S+ v${moduleVersion(each).replaceAll(".", "\\.")}`, "m"));
    expect(readFileSync(`${file}.sum`, "utf8").split("\n").length).toBeGreaterThan(10);
    expect(goModuleKey(module, moduleVersion(each))).toMatch(/^[0-9a-f]{16}$/);
  },
);
