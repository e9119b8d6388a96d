// The plugin and its SDK as a package, where nothing else of this tree is.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pack } from "../../../providers/pack/npmPackage.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { DocumentedPrograms } from "../../support/documentedPrograms.ts";
import { libvirtdProblem } from "../../support/libvirtd.ts";
import { patient } from "../../support/patience.ts";

const root = join(import.meta.dirname, "../../..");
const problem = libvirtdProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");

describeUnless(problem, "the libvirt plugin as an npm package", () => {
  let programs: DocumentedPrograms;

  beforeAll(async () => {
    programs = await DocumentedPrograms.start();
    install(pack("libvirt", join(programs.directory, "packed")));
  });
  afterAll(() => programs.stop());

  /** With the versions of all packages that this tree has itself, so that npm has them in its cache. */
  const install = (file: string): void => {
    const text = execFileSync("tar", ["--extract", "--gzip", "--to-stdout", "--file", file, "package/package.json"]);
    const packed = JSON.parse(text.toString()) as object;
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
      packages: Record<string, { version: string }>;
    };
    const dependencies = {
      "@pulumi/libvirt": `file:${file}`,
      "@pulumi/pulumi": lock.packages["node_modules/@pulumi/pulumi"]!.version,
    };
    const packages = {
      ...lock.packages,
      "": { dependencies },
      "node_modules/@pulumi/libvirt": { ...packed, resolved: dependencies["@pulumi/libvirt"] },
    };
    writeJson("package.json", { type: "module", dependencies });
    writeJson("package-lock.json", { ...lock, packages });
    execFileSync("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: programs.directory,
      timeout: patient(300_000),
    });
  };
  const writeJson = (name: string, content: object): void => {
    writeFileSync(join(programs.directory, name), JSON.stringify(content));
  };

  test("runs the documentation's program, and says its types", () => {
    const plugin = "node_modules/@pulumi/libvirt/libvirt";
    expect(readFileSync(join(root, "docs/libvirt.md"), "utf8")).toContain(`path: ${plugin} }`);
    programs.run("typescript", join(programs.directory, plugin));

    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const options = "--noEmit --strict --skipLibCheck --module nodenext --target es2023 index.ts".split(" ");
    const cwd = join(programs.directory, "project/typescript");
    expect(spawnSync(process.execPath, [tsc, ...options], { cwd, encoding: "utf8" }).stdout).toBe("");
  });
});
