// The ways to an engine, with the publisher's site and the go command pretended.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findEngine } from "../../../setup/engine/find.ts";
import { installEngine } from "../../../setup/engine/install.ts";
import { builtDirectory, officialDirectory, platform } from "../../../setup/engine/recipe.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-install-"));
const saved = { PATH: process.env.PATH, STRATA_CACHE: process.env.STRATA_CACHE, fetch: globalThis.fetch };
const archive = `pulumi-v3.274.1-${platform}.tar.gz`;
const site = "https://get.pulumi.com/releases/sdk";
const sums = "https://github.com/pulumi/pulumi/releases/download/v3.274.1/pulumi-3.274.1-checksums.txt";
const signal = new AbortController().signal;
let told: string[];
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(directory, "cache-"));
  process.env.STRATA_CACHE = cache;
  process.env.PATH = "/usr/bin:/bin";
  told = [];
});

afterAll(() => {
  process.env.PATH = saved.PATH;
  if (saved.STRATA_CACHE === undefined) delete process.env.STRATA_CACHE;
  else process.env.STRATA_CACHE = saved.STRATA_CACHE;
  globalThis.fetch = saved.fetch;
  rmSync(directory, { recursive: true });
});

const install = (): Promise<void> =>
  installEngine(({ text, detail }) => told.push(`${text} ${detail ?? ""}`.trim()), signal);

/** What the site answers, by URL; without an answer it can't be reached. */
function siteHas(answers: Record<string, string | Buffer>): void {
  globalThis.fetch = (url) => {
    const answer = typeof url === "string" ? answers[url] : undefined;
    if (answer !== undefined) return Promise.resolve(new Response(new Uint8Array(Buffer.from(answer))));
    return Promise.reject(new TypeError("fetch failed", { cause: new Error("no such host") }));
  };
}

/** An official release, with the file that carries its checksum. */
function release(): { tarball: Buffer; sha256: string } {
  const place = mkdtempSync(join(directory, "release-"));
  mkdirSync(join(place, "pulumi"));
  for (const name of ["pulumi", "pulumi-language-nodejs"]) {
    writeFileSync(join(place, "pulumi", name), "#!/bin/sh\necho v3.274.1\n", { mode: 0o755 });
  }
  execFileSync("tar", ["-czf", join(place, "release.tar.gz"), "-C", place, "pulumi"]);
  const tarball = readFileSync(join(place, "release.tar.gz"));
  return { tarball, sha256: createHash("sha256").update(tarball).digest("hex") };
}

/** A go command of this version, which notes how it is called and builds an engine that only tells its version. */
function go(version: string): string {
  const tools = mkdtempSync(join(directory, "go-"));
  writeFileSync(
    join(tools, "go"),
    `#!/bin/sh
echo "$CGO_ENABLED $*" >>'${tools}/calls'
case "$1" in
  env) echo ${version} ;;
  list) echo "go: downloading example.org/module v1.0.0" >&2; printf 'one\\ntwo\\n' ;;
  build) echo one >&2; while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\necho v3.274.1\\n' >"$2" ;;
esac
`,
    { mode: 0o755 },
  );
  process.env.PATH = `${tools}:/usr/bin:/bin`;
  return join(tools, "calls");
}

test("the official release is taken where it can be had, with its own language host", async () => {
  const { tarball, sha256 } = release();
  siteHas({ [sums]: `${sha256}  ${archive}\n`, [`${site}/${archive}`]: tarball });
  await install();
  expect(findEngine()).toEqual({ source: "official", directory: officialDirectory(), version: "3.274.1" });
  expect(readdirSync(officialDirectory()).sort()).toEqual(["engine.json", "pulumi", "pulumi-language-nodejs"]);
  expect(readdirSync(dirname(officialDirectory()))).toHaveLength(1);
});

test("a release that is not the publisher's is not used, and the engine is built", async () => {
  const { tarball } = release();
  const wrong = "0".repeat(64);
  siteHas({ [sums]: `${wrong}  ${archive}\n`, [`${site}/${archive}`]: tarball });
  go("go1.26.8");
  await install();
  expect(findEngine()?.source).toBe("built");
  expect(told.find((line) => line.startsWith("the official release can't be had"))).toMatch(
    /SHA-256 is [0-9a-f]{64}, the publisher says 0{64}$/,
  );
});

test("without a network to the site it is built, without C, and stored with our language host", async () => {
  siteHas({});
  const calls = go("go1.26.8");
  await install();
  expect(findEngine()).toEqual({ source: "built", directory: builtDirectory(), version: "3.274.1" });
  expect(readdirSync(builtDirectory()).sort()).toEqual([
    "engine.json",
    "host.ts",
    "ownPeers.ts",
    "pulumi",
    "pulumi-language-nodejs",
  ]);
  expect(told).toEqual([
    `looking for the official release ${archive}`,
    `the official release can't be had, building from Go modules ${sums}: no such host`,
    "downloading Go modules",
    "downloading Go modules 1: example.org/module",
    "compiling 1 of at most 2 packages",
  ]);
  const build = readFileSync(calls, "utf8").trim().split("\n").at(-1) ?? "";
  expect(build.replace(/-o \S+/, "-o FILE")).toBe(
    "0 build -v -mod=readonly -trimpath -buildvcs=false -ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.274.1 -o FILE github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  );
  expect(readdirSync(dirname(builtDirectory()))).toHaveLength(1);
});

test("where neither way works, both reasons and the way out are told", async () => {
  siteHas({});
  go("go1.19.8");
  await expect(install()).rejects.toMatchObject({
    message:
      `Neither way to the Pulumi engine works. Official release: ${sums}: no such host. ` +
      "Build: go1.19.8 is too old, 1.21 is the oldest that can build it. Install Go from https://go.dev/dl/ " +
      "(or a package golang-go that is new enough) so that go is on PATH\n" +
      "Mend one of them, or install pulumi 3.274.1 yourself so that it is on PATH.",
  });
});
