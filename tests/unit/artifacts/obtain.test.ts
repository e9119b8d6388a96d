import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageFile, item, itemEntry, items, moduleVersion, type ImageItem } from "../../../artifacts/mirror/item.ts";
import { obtain } from "../../../artifacts/mirror/obtain.ts";
import { createMirror } from "../../../artifacts/serve/server.ts";
import { indexTar } from "../../../artifacts/serve/tarIndex.ts";
import { goModuleKey } from "../../../artifacts/sources/goModule.ts";
import { pullImage } from "../../../artifacts/sources/registry.ts";
import { findEntry, readRecord } from "../../../artifacts/store/entry.ts";
import { findExecutable } from "../../../setup/executables.ts";
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
const base = "https://dl.k8s.io/release/v1.35.4/bin/linux/amd64";
const programs = ["kubeadm", "kubelet", "kubectl"];
const kubernetes = item("kubernetes", "1.35.4");

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
    `kubernetes 1.35.4 can't be had. official: ${base}/kubeadm: SHA-256 is ${sha256("malware")}, the publisher says ${sha256("kubeadm")}\n` +
      "Mend one of these, or bring the files yourself: strata mirror add kubernetes 1.35.4 FILE",
  );
  expect(findEntry(itemEntry(kubernetes)).state).toBe("missing");
});

test("programs out of an official archive", async () => {
  const tree = join(cache, "tree/bin");
  mkdirSync(tree, { recursive: true });
  for (const name of ["containerd", "containerd-shim-runc-v2", "ctr", "containerd-stress"])
    writeFileSync(join(tree, name), name);
  execFileSync("tar", [
    "--create",
    "--gzip",
    "--file",
    join(cache, "c.tar.gz"),
    "--directory",
    join(cache, "tree"),
    "bin",
  ]);
  const archive = readFileSync(join(cache, "c.tar.gz"));
  const url = "https://github.com/containerd/containerd/releases/download/v2.2.1/containerd-2.2.1-linux-amd64.tar.gz";
  pretend({ [url]: archive, [`${url}.sha256sum`]: `${sha256(archive)}  containerd-2.2.1-linux-amd64.tar.gz\n` });
  const containerd = item("containerd", "2.2.1");
  const { directory } = await obtain(containerd, undefined, ["official"]);
  expect(readdirSync(directory).sort()).toEqual(["artifact.json", "containerd", "containerd-shim-runc-v2", "ctr"]);
  expect(readFileSync(join(directory, "ctr"), "utf8")).toBe("ctr");
  expect(readdirSync(join(cache, "partial"))).toEqual([]);
});

const building = findExecutable("go") === undefined ? "there is no Go on PATH" : undefined;
const built =
  "where the official release can't be had, the program is built and packed into an image by its official name";
(building === undefined ? test : test.skip)(
  building ?? built,
  async () => {
    pretend({});
    const pause = item("pause", "3.10.1") as ImageItem;
    const phases: string[] = [];
    const { directory } = await obtain(pause, (phase, what) => phases.push(`${what}: ${phase}`));
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
  },
  120_000,
);

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

  test("a part whose beginning is not what was published is refused and not kept", async () => {
    const { blobs: parts } = await pull();
    const { file, digest: expected } = parts[2]!;
    writeFileSync(file, "evil");
    await expect(pull()).rejects.toThrow(`the publisher says ${expected.slice("sha256:".length)}`);
    expect(existsSync(file)).toBe(false);
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
