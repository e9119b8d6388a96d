import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Distribution } from "../sources/host.ts";
import { run } from "../store/run.ts";
import { extractPackages, fetchPackages, takeLibraries } from "./debianPackages.ts";
import type { LayerRecipe } from "./layer.ts";

/** What kube-proxy and flannel set up a machine's packet filter with. */
export const packetFilterPackages = ["iptables", "nftables"];

/** Names under which programs look for the one binary of iptables on nftables. */
const names = ["iptables", "ip6tables"].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** iptables and nft with the libraries that they need, from the distribution's packages. */
export function packetFilterLayer(distribution: Distribution): LayerRecipe {
  return {
    name: "packet filters",
    inputs: { distribution, packages: packetFilterPackages, names },
    fill: async (root, scratch, report) => {
      report({ phase: "download", text: "fetching packages" });
      await fetchPackages(await withLibraries(), scratch);
      const unpacked = await extractPackages(scratch);
      takeLibraries(unpacked, root);
      const programs = join(root, "usr/sbin");
      mkdirSync(programs, { recursive: true });
      for (const folder of ["sbin", "usr/sbin"]) {
        const from = join(unpacked, folder);
        for (const program of existsSync(from) ? readdirSync(from) : []) {
          if (program === "nft" || program === "xtables-nft-multi")
            cpSync(join(from, program), join(programs, program));
        }
      }
      for (const name of names) symlinkSync("xtables-nft-multi", join(programs, name));
      symlinkSync("usr/sbin", join(root, "sbin"));
    },
  };
}

/** The packages and all libraries that they depend on, by apt's own word. */
async function withLibraries(): Promise<string[]> {
  const output = await run({
    what: `looking up what ${packetFilterPackages.join(" and ")} need`,
    command: "apt-cache",
    args: [
      ...["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((kind) => `--no-${kind}`),
      ...["depends", "--recurse", ...packetFilterPackages],
    ],
    limitSeconds: 60,
  });
  const libraries = output.split("\n").filter((line) => /^lib[a-z0-9.+-]+$/.test(line));
  return [...new Set([...packetFilterPackages, ...libraries])].sort();
}
