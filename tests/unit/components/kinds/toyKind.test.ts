import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { copyTree } from "../../../support/copyTree.ts";
import { patient } from "../../../support/patience.ts";

const root = join(import.meta.dirname, "../../../..");
let copy: string;

/** The kind that CONTRIBUTING.md adds, word for word. */
const contributing = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
const toy = /^\/\/ components\/kinds\/redis\/index\.ts\n.*?(?=^```$)/ms.exec(contributing)?.[0] ?? "";

beforeAll(() => {
  copy = copyTree();
  addKind("redis", toy);
});

/** Does what CONTRIBUTING.md says: a folder, and a line with its import in the table. */
function addKind(name: string, text: string): void {
  mkdirSync(join(copy, "components/kinds", name));
  writeFileSync(join(copy, "components/kinds", name, "index.ts"), text);
  const table = join(copy, "components/kinds/table.ts");
  const [before = "", after = ""] = readFileSync(table, "utf8").split("  kubernetes,\n");
  writeFileSync(table, `import { ${name} } from "./${name}/index.ts";\n${before}  kubernetes,\n  ${name},\n${after}`);
}

afterAll(() => {
  rmSync(copy, { recursive: true });
});

/** What a program in the copy says. */
function run(program: string): unknown {
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module"];
  const env = { ...process.env, NODE_OPTIONS: "" };
  const options = { cwd: copy, encoding: "utf8", env, timeout: patient(60_000) } as const;
  return JSON.parse(execFileSync(process.execPath, [...flags, "--eval", program], options));
}

/** The plan of an experiment, or all that is wrong with it. */
const planOf = (experiment: string): unknown =>
  run(`
    import { passwordNames } from "./components/plan/whole/software.ts";
    import { planTestbed } from "./components/plan/whole/plan.ts";
    import { loadTestbed } from "./components/experiment/whole/load.ts";
    const loaded = loadTestbed(${JSON.stringify(experiment)});
    const problems = loaded.ok ? [] : loaded.problems.map(({ path, reason, fix }) => path + ": " + reason + "; " + fix);
    const plan = loaded.ok ? planTestbed("lab", loaded.spec) : undefined;
    console.log(JSON.stringify(plan ? { ...plan, passwords: passwordNames(plan) } : problems));
  `);

const network = 'provider: { kind: libvirt, network: "10.83.0.0/16" }\n';
const base = { role: "base", variables: {} };
const redis = (address: string) => ({ role: "redis", variables: { redis_address: address } });

test("with a folder and a line, an experiment that names the kind has its role, and what that needs", () => {
  const software = "software: [ { kind: redis, on: cloud } ]\n";
  expect(planOf(`${network}tiers: { cloud: { count: 2 }, edge: {} }\n${software}`)).toMatchObject({
    machines: [
      { name: "cloud-0", roles: [base, redis("10.83.0.1")] },
      { name: "cloud-1", roles: [base, redis("10.83.0.2")] },
      { name: "edge-0", roles: [] },
    ],
    software: [{ kind: "redis", machines: ["cloud-0", "cloud-1"] }],
    imageSoftware: ["redis"],
    passwords: ["redis"],
  });
});

test("its rules are checked, and its name is among those that are known", () => {
  expect(planOf("tiers: { cloud: {} }\nsoftware: [ { kind: redis, on: edge } ]\n")).toEqual([
    "software[0].on: redis runs on edge, a tier without machines; set tiers.edge.count to 1 or more, or choose another tier",
  ]);
  expect(planOf("tiers: { cloud: {} }\nsoftware: [ { kind: reddis, on: edge } ]\n")).toEqual([
    'software[0].kind: "reddis" is not a known kind; did you mean "redis"?',
  ]);
});

test("its packages are in its machine image", () => {
  const packages = run(`
    import { recipe } from "./artifacts/machine-image/recipe.ts";
    const distribution = { id: "debian", suite: "bookworm", architecture: "amd64" };
    const without = recipe([], distribution).packages;
    console.log(JSON.stringify(recipe(["redis"], distribution).packages.filter((name) => !without.includes(name))));
  `);
  expect(packages).toEqual(["redis-server"]);
});

test("the compiler asks no more of it, and of one with resources for a line in the tables of those", () => {
  const deployed = "deployedAfter: [], deployment: () => ({}), outputs: { schema: z.object(), of: () => ({}) },";
  const other = toy.replaceAll("SoftwareKind", "DeployedKind").replace("  schema,\n", `  schema,\n  ${deployed}\n`);
  addKind("valkey", other.replaceAll("redis", "valkey"));
  writeFileSync(
    join(copy, "components/lines.ts"),
    'import type { DeployedKindName } from "./kinds/index.ts";\n' +
      "export const lines: Record<DeployedKindName, true> = { kubernetes: true };\n",
  );
  expect(complaints("components/kinds/redis/index.ts", "components/lines.ts")).toEqual([
    "Property 'valkey' is missing in type '{ kubernetes: true; }' but required in type 'Record<DeployedKindName, true>'.",
  ]);
  // As the table of deployments is.
  const table = readFileSync(join(root, "components/deployments.ts"), "utf8");
  expect(table).toContain("} satisfies Record<DeployedKindName, Deploy>;");
});

/** What the compiler says of files of the copy. */
function complaints(...files: string[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  // Not of all that they import: that takes minutes on a busy machine.
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, types: [] }, copy);
  const paths = files.map((file) => join(copy, file));
  const program = ts.createProgram(paths, options);
  return paths
    .flatMap((path) => program.getSemanticDiagnostics(program.getSourceFile(path)))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
