// Renews the leases of machines that an update leaves as they are: reads { seconds, hosts: [{ uri, machines: [UUID] }] } as
// JSON from standard input, and prints a sentence as a JSON array for each that could not be. The engine asks a plugin for
// nothing where nothing changes, so it is a program of its own, for whoever makes the update.
import { text } from "node:stream/consumers";
import { z } from "zod";
import { messageOf } from "../kit/plain/errors.ts";
import { leaseFromNow, setLease } from "./resources/domainMetadata.ts";
import { Libvirt } from "./rpc/libvirt.ts";
import { domains } from "./rpc/procedures.ts";

const question = z.strictObject({
  seconds: z.number().positive(),
  hosts: z.array(z.strictObject({ uri: z.string(), machines: z.array(z.string()) })),
});

const { seconds, hosts } = question.parse(JSON.parse(await text(process.stdin)));
const lease = leaseFromNow(seconds);

async function renew(uri: string, machines: readonly string[]): Promise<string[]> {
  const context = new Libvirt(uri);
  try {
    const renewed = machines.map(async (uuid) => {
      const { domain } = await context.call(domains.lookupByUuid, { uuid });
      await setLease(context, domain, lease);
    });
    const failed = (await Promise.allSettled(renewed)).filter((one) => one.status === "rejected");
    return failed.map(({ reason }) => messageOf(reason));
  } finally {
    context.close();
  }
}

const problems = (await Promise.all(hosts.map(({ uri, machines }) => renew(uri, machines)))).flat();
process.stdout.write(`${JSON.stringify(problems)}\n`, () => process.exit(0));
