// Where users work, and how: each place is tried through the command line to its end, on a real machine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox, summaryOf, type Place } from "../support/strata.ts";

/** Nobody listens there: what goes through it fails. */
const deadProxy = "http://127.0.0.1:9";

/** Pulumi's home of a user who once ran `pulumi login` with a folder, and has no passphrase. */
const pulumiHome = mkdtempSync(join(tmpdir(), "strata-pulumi-home-"));
mkdirSync(join(pulumiHome, "states"));
writeFileSync(
  join(pulumiHome, "credentials.json"),
  JSON.stringify({ current: `file://${pulumiHome}/states`, accessTokens: { [`file://${pulumiHome}/states`]: "" } }),
);
afterAll(() => {
  rmSync(pulumiHome, { recursive: true });
});

const places: [string, Place][] = [
  [
    "a path with blanks, quotes, #, %, ? and umlauts; files that others may not read; plain ASCII; a proxy",
    {
      folder: `it's #1, 100%2F "ü"?`,
      environment: { LANG: "C", LC_ALL: "C", https_proxy: deadProxy, http_proxy: deadProxy },
      as: () => ["sh", "-c", 'umask 077; exec "$@"', "sh"],
    },
  ],
  [
    "no home directory; logged in to a file backend, without a passphrase; a proxy in capitals",
    { environment: { HOME: undefined, PULUMI_HOME: pulumiHome, HTTPS_PROXY: deadProxy, HTTP_PROXY: deadProxy } },
  ],
];

/** Its machine image is the one that the checks have made ready: through the proxies none could be built. */
const experiment = `tiers:
  cloud: { count: 1, cpus: 1, memory: 512 MiB }
  endpoint: { count: 1, cpus: 1, memory: 512 MiB }
software:
  - { kind: mqtt, on: cloud }
benchmark: { workload: image-classification }
`;

describe.each(places)("%s", (_, place) => {
  const sandbox = new Sandbox(place);

  beforeAll(() => {
    writeFileSync(join(sandbox.project, "stacks/place.yaml"), experiment);
  });
  afterAll(() => sandbox.clean());

  test("up gets what is missing and builds the testbed, with its software", async () => {
    expect(summaryOf((await sandbox.succeed("strata", "up", "place", "--yes")).all)).not.toHaveProperty("errored");
  });

  test("a second up, by plain pulumi too, finds nothing to do", async () => {
    const again = (await sandbox.succeed("strata", "up", "place", "--yes")).all;
    expect(Object.keys(summaryOf(again))).toEqual(["unchanged"]);
    expect(again).not.toContain("Outputs:");
    expect(again).toMatch(/\nTestbed place is up. Next:\n[^]*strata destroy place/);
    const { all } = await sandbox.succeed("pulumi", "up", "--stack", "place", "--yes", "--skip-preview");
    expect(Object.keys(summaryOf(all))).toEqual(["unchanged"]);
  });

  test("ssh reaches the machine", async () => {
    expect((await sandbox.succeed("strata", "ssh", "place", "cloud-0", "hostname")).stdout.trim()).toBe("cloud-0");
  });

  test("destroy leaves nothing", async () => {
    await sandbox.succeed("strata", "destroy", "place", "--yes");
    expect(sandbox.leftovers()).toEqual([]);
  });
});
