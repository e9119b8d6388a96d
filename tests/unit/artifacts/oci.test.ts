import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { writeArchive, type ImageConfig } from "../../../artifacts/oci/archive.ts";
import { buildLayer, type Layer } from "../../../artifacts/oci/layer.ts";
import { codeLayer } from "../../../artifacts/oci/workloadLayers.ts";
import { sha256OfFile } from "../../../artifacts/store/checksum.ts";

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "strata-oci-"));
  process.env.STRATA_CACHE = cache;
});

afterEach(() => {
  delete process.env.STRATA_CACHE;
  rmSync(cache, { recursive: true });
});

/** A layer of one file; `inputs` names it, `modified` is the file's time, which must not matter. */
function layer(inputs: string, modified: number): Promise<Layer> {
  const fill = (root: string) => {
    mkdirSync(join(root, "etc"));
    writeFileSync(join(root, "etc/motd"), "hello\n");
    utimesSync(join(root, "etc/motd"), modified, modified);
    return Promise.resolve();
  };
  return buildLayer({ name: "greeting", inputs, fill }, undefined);
}

const config: ImageConfig = {
  architecture: "amd64",
  entrypoint: ["/usr/bin/node", "/workload/worker/main.ts"],
  environment: { NODE_ENV: "production" },
  workingDirectory: "/workload",
};

test("equal content gives equal digests, whenever it was made", async () => {
  const [one, other] = [await layer("a", 1_000), await layer("b", 2_000)];
  expect(one.file).not.toBe(other.file);
  expect(one.digest).toBe(other.digest);
  expect(one.digest).toBe(`sha256:${sha256OfFile(one.file)}`);
  const archives = [join(cache, "one.tar"), join(cache, "other.tar")] as const;
  expect(await writeArchive("strata/x:1", config, [one], archives[0])).toBe(
    await writeArchive("strata/x:1", config, [other], archives[1]),
  );
  expect(sha256OfFile(archives[0])).toBe(sha256OfFile(archives[1]));
});

test("the archive is an OCI image layout whose parts refer to each other by digest", async () => {
  const greeting = await layer("a", 1_000);
  const archive = join(cache, "image.tar");
  const digest = await writeArchive("strata/x:1", config, [greeting], archive);
  const layout = join(cache, "layout");
  mkdirSync(layout);
  execFileSync("tar", ["--extract", "--file", archive, "--directory", layout]);
  const json = (path: string): unknown => JSON.parse(readFileSync(join(layout, path), "utf8"));
  const blob = (reference: string) => `blobs/sha256/${reference.slice("sha256:".length)}`;

  expect(json("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
  const index = json("index.json") as { manifests: { digest: string; annotations: Record<string, string> }[] };
  expect(index.manifests.map((entry) => [entry.digest, entry.annotations["io.containerd.image.name"]])).toEqual([
    [digest, "strata/x:1"],
  ]);
  expect(sha256OfFile(join(layout, blob(digest)))).toBe(digest.slice("sha256:".length));
  const manifest = json(blob(digest)) as { config: { digest: string }; layers: { digest: string; size: number }[] };
  expect(manifest.layers).toMatchObject([{ digest: greeting.digest, size: greeting.bytes }]);
  expect(json(blob(manifest.config.digest))).toEqual({
    architecture: "amd64",
    os: "linux",
    config: { Entrypoint: config.entrypoint, Env: ["NODE_ENV=production"], WorkingDir: "/workload" },
    rootfs: { type: "layers", diff_ids: [greeting.diffId] },
  });
  const content = execFileSync("tar", ["--list", "--verbose", "--numeric-owner", "--utc"], {
    input: gunzipSync(readFileSync(greeting.file)),
    encoding: "utf8",
  });
  expect(content).toMatch(/^-rw-r--r-- 0\/0 +6 1970-01-01 00:00 \.\/etc\/motd$/m);
});

test("the code layer holds the workload's programs, those of all, and nothing that npm installs or the runner has", async () => {
  const { file } = await buildLayer(codeLayer("image-classification"), undefined);
  const names = execFileSync("tar", ["--list", "--gzip", "--file", file], { encoding: "utf8" }).split("\n");
  expect(names).toEqual(
    expect.arrayContaining([
      "./workloads/package.json",
      "./workloads/container/role.ts",
      "./workloads/image-classification/container/worker/main.ts",
      "./workloads/image-classification/container/publisher/main.ts",
    ]),
  );
  const others = names.filter((name) => /\.\w+$/.test(name) && !/\/container\//.test(name));
  expect(others).toEqual(["./workloads/package.json"]);
});
