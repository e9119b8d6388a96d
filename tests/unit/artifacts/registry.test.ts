// Registries of others: how they want to be asked, and what they may answer.
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { item } from "../../../artifacts/mirror/item.ts";
import { obtainAll } from "../../../artifacts/mirror/obtainAll.ts";
import { fetchNpmPackage } from "../../../artifacts/sources/npm.ts";
import { pullImage } from "../../../artifacts/oci/registry.ts";
import { cancellable } from "../../../artifacts/store/cancel.ts";

const realFetch = globalThis.fetch;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-registry-"));
  process.env.STRATA_CACHE = join(directory, "cache");
});
afterEach(() => {
  globalThis.fetch = realFetch;
  delete process.env.STRATA_CACHE;
  rmSync(directory, { recursive: true });
});

const digest = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const base = "https://registry.test/v2/lab/tool";
const types = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
};
const part = (text: string) => ({ mediaType: "x", digest: digest(text), size: text.length });
const manifest = JSON.stringify({ config: part("config"), layers: [part("layer"), part("layer")] });
const index = JSON.stringify({
  manifests: [
    { ...part("other"), platform: { architecture: "arm64", os: "linux" } },
    { ...part(manifest), platform: { architecture: "amd64", os: "linux" } },
  ],
});
interface Answer {
  text?: string;
  type?: string;
  status?: number;
  headers?: Record<string, string>;
}
const usual: Record<string, Answer> = {
  "/manifests/1.0": { text: index, type: types.index },
  [`/manifests/${digest(manifest)}`]: { text: manifest, type: types.manifest },
  [`/blobs/${digest("config")}`]: { text: "config" },
  [`/blobs/${digest("layer")}`]: { text: "layer" },
};

/** A registry that has this, and notes who asked for what with which token. */
function registry(more: Record<string, Answer>, allowed: (authorization: string | null) => Answer | undefined) {
  const asked: [string, string | null][] = [];
  globalThis.fetch = ((url: string, { headers, method }: RequestInit = {}) => {
    const authorization = new Headers(headers).get("authorization");
    asked.push([`${method ?? "GET"} ${url.replace(base, "")}`, authorization]);
    const own = url.startsWith(base);
    const found =
      (own ? allowed(authorization) : undefined) ?? { ...usual, ...more }[own ? url.slice(base.length) : url];
    const { text = "", type = "text/plain", status = found === undefined ? 404 : 200, headers: told } = found ?? {};
    return Promise.resolve(new Response(text, { status, headers: { ...told, "content-type": type } }));
  }) as typeof fetch;
  return asked;
}
const anybody = (): undefined => undefined;
const pull = (image = "registry.test/lab/tool:1.0", architecture = "amd64") =>
  pullImage({ image, architecture, blobs: directory }, () => undefined, new AbortController().signal);

test("an open registry is asked without a token, and for each part once", async () => {
  const asked = registry({}, anybody);
  const pulled = await pull();
  expect(pulled.manifest).toEqual({ mediaType: types.manifest, digest: digest(manifest), size: manifest.length });
  expect(pulled.blobs.map(({ file }) => readFileSync(file, "utf8"))).toEqual([manifest, "config", "layer"]);
  expect(asked.map(([what]) => what).filter((what) => what.includes("/blobs/"))).toHaveLength(2);
  expect(asked.every(([, authorization]) => authorization === null)).toBe(true);
});

test.each(["token", "access_token"])(
  "a token is got where the registry says, and shown to it alone (%s)",
  async (key) => {
    const realm = "https://login.test/token";
    const challenge = `Bearer realm="${realm}",service="the lab",scope="repository:lab/tool:pull"`;
    const login = `${realm}?service=the+lab&scope=repository%3Alab%2Ftool%3Apull`;
    const asked = registry({ [login]: { text: JSON.stringify({ [key]: "t0ken" }) } }, (authorization) =>
      authorization === "Bearer t0ken" ? undefined : { status: 401, headers: { "www-authenticate": challenge } },
    );
    expect((await pull()).blobs).toHaveLength(3);
    expect(asked.find(([what]) => what.includes("login.test"))).toEqual([`GET ${login}`, null]);
  },
);

test.each<[string, Record<string, Answer>, string]>([
  [
    "a part that is not what its digest says",
    { [`/blobs/${digest("layer")}`]: { text: "evil!" } },
    `${base}/blobs/${digest("layer")}: SHA-256 is ${digest("evil!").slice(7)}, the publisher says ${digest("layer").slice(7)}`,
  ],
  [
    "a manifest that is not what the index says",
    { [`/manifests/${digest(manifest)}`]: { text: `${manifest} `, type: types.manifest } },
    `${base}/manifests/${digest(manifest)}: its SHA-256 is another one, ${digest(`${manifest} `)}`,
  ],
  ["a tag that is not there", { "/manifests/1.0": { status: 404 } }, `${base}/manifests/1.0: status 404`],
  ["a part that is not there", { [`/blobs/${digest("config")}`]: { status: 500 } }, "status 500"],
  [
    "a digest that would lead out of the folder",
    { "/manifests/1.0": { text: manifest.replace(digest("config"), "sha256:../../x"), type: types.manifest } },
    "digest",
  ],
])("%s is refused by its address, and no such file is left", async (_, more, message) => {
  registry(more, anybody);
  await expect(pull()).rejects.toThrow(message);
  const left = readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name));
  for (const name of left) expect(digest(readFileSync(join(directory, name), "utf8"))).toBe(`sha256:${name}`);
});

test("an image of another architecture, a login without words and a name without a tag are told", async () => {
  registry({}, anybody);
  await expect(pull(undefined, "riscv64")).rejects.toThrow(
    "registry.test/lab/tool:1.0 is not published for linux/riscv64",
  );
  await expect(pull("registry.test/lab/tool")).rejects.toThrow(
    "registry.test/lab/tool is no full image name with a tag",
  );
  registry({}, () => ({ status: 401 }));
  await expect(pull()).rejects.toThrow(`${base}/manifests/1.0: the registry wants a login that it does not explain`);
});

describe("several items", () => {
  const programs = ["kubeadm", "kubelet", "kubectl"];
  const site = "https://dl.k8s.io/release/v1.33.13/bin/linux/amd64";
  const published = Object.fromEntries(
    programs.flatMap((name) => [
      [`${site}/${name}`, { text: name }],
      [`${site}/${name}.sha256`, { text: digest(name).slice(7) }],
    ]),
  );
  const wanted = [item("coredns", "1.12.0"), item("kubernetes", "1.33.13")];

  test("one that can't be had keeps no other from being got; each is told once it is through", async () => {
    registry(published, anybody);
    const done: string[] = [];
    const all = await obtainAll(wanted, ["official"], 1, undefined, ({ item: { title } }) => done.push(title));
    expect(all.map((one) => ("entry" in one ? one.entry.state : one.reason.split("\n")[0]))).toEqual([
      expect.stringMatching(/^coredns 1\.12\.0 can't be had\. official: .*: status 404$/),
      "ready",
    ]);
    expect(done).toEqual(["coredns 1.12.0", "kubernetes 1.33.13"]);
  });

  test("after an interruption nothing is begun any more", async () => {
    const asked = registry(published, anybody);
    const stop = new AbortController();
    const reason = new Error("interrupted");
    const work = () =>
      obtainAll(wanted, ["official"], 1, undefined, () => {
        stop.abort(reason);
      });
    await expect(cancellable(stop.signal, work)).rejects.toBe(reason);
    expect(asked.some(([what]) => what.includes("dl.k8s.io"))).toBe(false);
  });
});

describe("npm packages", () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });
  const npm = (script: string): void => {
    writeFileSync(join(directory, "npm"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, "npm"), 0o755);
    process.env.PATH = `${directory}${delimiter}${path ?? ""}`;
  };
  const packs = `for last; do :; done; printf archive > a-1.0.0.tgz; echo '[{"filename":"a-1.0.0.tgz"}]'`;
  const integrity = `sha512-${createHash("sha512").update("archive").digest("base64")}`;

  test("are what the lock says, or refused with both checksums; none of their scripts run", async () => {
    npm(`case "$*" in *--ignore-scripts*) ${packs};; esac`);
    expect(readFileSync(await fetchNpmPackage("a@1.0.0", integrity, directory), "utf8")).toBe("archive");
    await expect(fetchNpmPackage("a@1.0.0", "sha512-other", directory)).rejects.toThrow(
      `npm package a@1.0.0: its checksum is ${integrity}, the lock says sha512-other`,
    );
  });

  test("that can't be fetched are named, with npm's own words", async () => {
    npm("echo 'npm error code E404' >&2; exit 1");
    await expect(fetchNpmPackage("a@9.9.9", integrity, directory)).rejects.toThrow(
      "fetching npm package a@9.9.9 failed (npm: exit status 1):\nnpm error code E404",
    );
  });
});
