import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { item, itemEntry, type ImageItem } from "../../../artifacts/mirror/item.ts";
import { createMirror } from "../../../artifacts/serve/server.ts";
import { indexTar } from "../../../artifacts/serve/tarIndex.ts";
import { sha256OfText } from "../../../artifacts/store/checksum.ts";
import { readRecord } from "../../../artifacts/store/entry.ts";
import { storeFake } from "../../support/mirror/fakeItems.ts";

const pause = item("pause", "3.10.1") as ImageItem;
const log: string[] = [];
let cache: string;
let server: Server;
let url: string;

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "strata-serve-"));
  process.env.STRATA_CACHE = cache;
  log.length = 0;
  await storeFake(pause);
  server = createMirror((line) => log.push(line));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
  delete process.env.STRATA_CACHE;
  rmSync(cache, { recursive: true });
});

const digestOf = (wanted: ImageItem) => (readRecord(itemEntry(wanted)) as unknown as { digest: string }).digest;
const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${url}${path}`, { headers, method });

test("a manifest by tag through a registry's name, by digest, and its blobs, each with its digest", async () => {
  expect((await get("/v2/")).headers.get("docker-distribution-api-version")).toBe("registry/2.0");
  const byTag = await get("/v2/pause/manifests/3.10.1?ns=registry.k8s.io");
  const digest = digestOf(pause);
  expect([byTag.status, byTag.headers.get("docker-content-digest"), byTag.headers.get("content-type")]).toEqual([
    200,
    digest,
    "application/vnd.oci.image.manifest.v1+json",
  ]);
  const text = await byTag.text();
  expect(`sha256:${sha256OfText(text)}`).toBe(digest);
  expect(await (await get(`/v2/pause/manifests/${digest}?ns=registry.k8s.io`)).text()).toBe(text);
  expect(await (await get("/v2/pause/manifests/3.10.1")).text()).toBe(text);
  const manifest = JSON.parse(text) as { config: { digest: string }; layers: { digest: string; size: number }[] };
  for (const blob of [manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)]) {
    const bytes = Buffer.from(await (await get(`/v2/pause/blobs/${blob}?ns=registry.k8s.io`)).arrayBuffer());
    expect(`sha256:${createHash("sha256").update(bytes).digest("hex")}`).toBe(blob);
  }
});

test("HEAD says size and digest and sends nothing", async () => {
  const head = await get("/v2/pause/manifests/3.10.1?ns=registry.k8s.io", {}, "HEAD");
  const size = (await (await get(`/v2/pause/manifests/${digestOf(pause)}`)).text()).length;
  expect([
    head.status,
    head.headers.get("content-length"),
    head.headers.get("docker-content-digest"),
    await head.text(),
  ]).toEqual([200, String(size), digestOf(pause), ""]);
});

test.each([
  ["bytes=0-3", 206, "kube", "bytes 0-3/29"],
  ["bytes=4-", 206, "adm of kubernetes 1.35.4\n", "bytes 4-28/29"],
  ["bytes=20-99", 206, "s 1.35.4\n", "bytes 20-28/29"],
  ["bytes=-5", 206, "35.4\n", "bytes 24-28/29"],
  ["bytes=0-1,4-5", 200, "kubeadm of kubernetes 1.35.4\n", null],
])("range %s", async (range, status, content, contentRange) => {
  await storeFake(item("kubernetes", "1.35.4"));
  const response = await get("/files/kubernetes/1.35.4/kubeadm", { range });
  expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
    status,
    content,
    contentRange,
  ]);
});

test("a range beyond the end is refused", async () => {
  await storeFake(item("kubernetes", "1.35.4"));
  const response = await get("/files/kubernetes/1.35.4/kubeadm", { range: "bytes=29-" });
  expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */29"]);
});

test("files, their checksums for Ansible's get_url, and the list; what came after the start is there too", async () => {
  expect((await get("/files/kubernetes/1.34.4/kubelet")).status).toBe(404);
  await storeFake(item("kubernetes", "1.34.4"));
  const text = "kubelet of kubernetes 1.34.4\n";
  expect(await (await get("/files/kubernetes/1.34.4/kubelet")).text()).toBe(text);
  expect(await (await get("/files/kubernetes/1.34.4/kubelet.sha256")).text()).toBe(`${sha256OfText(text)}  kubelet\n`);
  const list = (await (await get("/files/")).json()) as { images: object; files: object; refused: string[] };
  expect([list.images, Object.keys(list.files), list.refused]).toEqual([
    { "registry.k8s.io/pause:3.10.1": digestOf(pause) },
    ["kubeadm", "kubectl", "kubelet"].map((name) => `kubernetes/1.34.4/${name}`),
    [],
  ]);
});

test.each([
  ["GET", "/v2/pause/manifests/9.9?ns=registry.k8s.io", 404, "MANIFEST_UNKNOWN"],
  ["GET", "/v2/pause/manifests/3.10.1?ns=quay.io", 404, "MANIFEST_UNKNOWN"],
  ["GET", `/v2/pause/blobs/sha256:${"0".repeat(64)}`, 404, "BLOB_UNKNOWN"],
  ["GET", "/files/../../etc/passwd", 404, "NAME_UNKNOWN"],
  ["GET", "/files/kubernetes/%2e%2e/%2e%2e/etc/passwd", 404, "NAME_UNKNOWN"],
  ["PUT", "/v2/pause/manifests/3.10.1", 405, "UNSUPPORTED"],
  ["POST", "/v2/pause/blobs/uploads/", 405, "UNSUPPORTED"],
])("%s %s is answered %i %s", async (method, path, status, code) => {
  const response = await get(path, {}, method);
  const { errors } = (await response.json()) as { errors: { code: string }[] };
  expect([response.status, errors[0]?.code]).toEqual([status, code]);
});

test("a blob that was changed behind the store's back is refused and logged; an intact one is not", async () => {
  const archive = join(cache, "mirror", itemEntry(pause).key, "image.tar");
  const manifest = digestOf(pause).slice("sha256:".length);
  const layer = [...indexTar(archive)].filter(([name]) => name.startsWith("blobs/sha256/") && !name.endsWith(manifest));
  const [name, { offset }] = layer[0]!;
  const descriptor = openSync(archive, "r+");
  writeSync(descriptor, Buffer.from([0xff, 0xff]), 0, 2, offset + 1);
  closeSync(descriptor);
  const path = `/v2/pause/blobs/sha256:${name.slice("blobs/sha256/".length)}`;
  const response = await get(path);
  expect(response.status).not.toBe(200);
  expect(await response.text()).toMatch(/DIGEST_INVALID|BLOB_UNKNOWN/);
  const { refused } = (await (await get("/files/")).json()) as { refused: string[] };
  expect(refused).toEqual(["pause 3.10.1: image.tar has another content than when it was built (SHA-256 differs)"]);
  rmSync(join(cache, "mirror", itemEntry(pause).key), { recursive: true });
  await storeFake(pause);
  expect((await get(path)).status).toBe(200);
});

test("the index of a tar is that of its files", () => {
  const archive = join(cache, "mirror", itemEntry(pause).key, "image.tar");
  const members = indexTar(archive);
  const { offset, bytes } = members.get("oci-layout")!;
  expect(
    readFileSync(archive)
      .subarray(offset, offset + bytes)
      .toString(),
  ).toBe('{"imageLayoutVersion":"1.0.0"}');
  expect(() => indexTar(join(cache, "mirror", itemEntry(pause).key, "artifact.json"))).toThrow(/no tar|ends early/);
});
