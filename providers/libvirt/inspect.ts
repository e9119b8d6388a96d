// Looks at hosts before a testbed is planned on them: reads { uris, pool, machines: [{ name, domain, disk }] } as JSON from
// standard input, and prints for each URI what the host has, or why it can't be used. Changes nothing. A program of its
// own, as whoever plans has to wait for the answer.
import { text } from "node:stream/consumers";
import { z } from "zod";
import { messageOf, ProviderError } from "../kit/plain/errors.ts";
import { runOnHost } from "../kit/plain/remoteShell.ts";
import { findVolume } from "./resources/volumes.ts";
import { ifExists } from "./rpc/errors.ts";
import { Libvirt } from "./rpc/libvirt.ts";
import { domains, node, pools } from "./rpc/procedures.ts";
import { parseUri } from "./rpc/uri.ts";

const question = z.strictObject({
  uris: z.array(z.string()),
  pool: z.string(),
  machines: z.array(z.strictObject({ name: z.string(), domain: z.string(), disk: z.string() })),
});

type Question = z.infer<typeof question>;

const limitMs = 45_000;

/** The address that ssh came to is the host's own as the network sees it; its device tells how large frames may be. */
const script = `PATH=$PATH:/usr/sbin:/sbin
set -- $SSH_CONNECTION
printf '{"address":"%s","addresses":%s,"routes":%s}' "$3" "$(ip -j addr show)" "$(ip -j -4 route show)"
`;

const answer = z.object({
  address: z.string().min(1),
  addresses: z.array(
    z.object({
      mtu: z.number().optional(),
      addr_info: z.array(z.object({ local: z.string().optional() })).optional(),
    }),
  ),
  routes: z.array(z.object({ dst: z.string(), dev: z.string().optional() })),
});

async function look(uri: string, asked: Question): Promise<object> {
  const context = new Libvirt(uri);
  try {
    const { remote } = parseUri(uri);
    if (remote === undefined) throw new ProviderError(`"${uri}" is no host that is reached by ssh`);
    const info = await context.call(node.info, undefined);
    const [kvm, said, holds] = await Promise.all([
      context.kvmUsable(),
      runOnHost(remote, script, { limitMs }),
      machinesThere(context, asked),
    ]);
    const { address, addresses, routes } = understood(remote.host, said);
    const mtu = addresses.find(({ addr_info: own }) => own?.some(({ local }) => local === address))?.mtu;
    return {
      uri,
      cores: info.cpus,
      memoryMiB: Math.floor(info.memoryKiB / 1024),
      arch: info.model,
      accelerator: kvm ? "kvm" : "tcg",
      address,
      // Behind a translation of addresses it is none of the host's own: Ethernet's usual size then.
      mtu: mtu ?? 1500,
      routes: routes.map(({ dst, dev = "" }) => ({ destination: dst, device: dev })),
      holds,
    };
  } catch (error) {
    return { uri, error: messageOf(error) };
  } finally {
    context.close();
  }
}

function understood(host: string, said: string): z.infer<typeof answer> {
  try {
    return answer.parse(JSON.parse(said));
  } catch {
    throw new ProviderError(`${host} has no ip command that speaks JSON; install the package iproute2 there`);
  }
}

/** A machine is where its domain is, or, where a run was cut off or the domain deleted, its disk. */
async function machinesThere(context: Libvirt, { pool: name, machines }: Question): Promise<string[]> {
  const pool = (await ifExists(context.call(pools.lookupByName, { name })))?.pool;
  const there = await Promise.all(
    machines.map(async ({ domain, disk }) => {
      const found = await ifExists(context.call(domains.lookupByName, { name: domain }));
      return found !== undefined || (pool !== undefined && (await findVolume(context, pool, disk)) !== undefined);
    }),
  );
  return machines.filter((_, index) => there[index]).map(({ name: machine }) => machine);
}

const asked = question.parse(JSON.parse(await text(process.stdin)));
const looks = await Promise.all(asked.uris.map((uri) => look(uri, asked)));
process.stdout.write(`${JSON.stringify(looks)}\n`, () => process.exit(0));
