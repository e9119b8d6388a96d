import { getDomain } from "./functions/getDomain.ts";
import { getHost } from "./functions/getHost.ts";
import { cloudInitDisk } from "./resources/cloudInitDisk.ts";
import { domain } from "./resources/domain.ts";
import { goneWithHost } from "./resources/goneWithHost.ts";
import { network } from "./resources/network.ts";
import { pool } from "./resources/pool.ts";
import { volume } from "./resources/volume.ts";

export const resources = [network, pool, volume, cloudInitDisk, domain].map(goneWithHost);
export const functions = [getDomain, getHost];
