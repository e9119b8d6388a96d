import { join } from "node:path";
import { stateDirectory } from "../../local/stateDirectory.ts";
import { pack } from "./npmPackage.ts";

// `npm run pack:libvirt`: the plugin and its SDK as one npm package.
process.stdout.write(`${pack("libvirt", join(stateDirectory(), "packages"))}\n`);
