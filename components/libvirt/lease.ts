import * as pulumi from "@pulumi/pulumi";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../providers/kit/plain/errors.ts";

const program = join(import.meta.dirname, "../../providers/libvirt/renew.ts");

/** More than a login to a slow host takes, and a call a machine. */
const limitMs = 120_000;

/** A machine with a lease, and the daemon that it is at. */
export interface LeasedMachine {
  uri: string;
  id: pulumi.Output<string>;
}

/**
 * Begins the leases of machines anew, once all of them are there: the engine asks the plugin for nothing where a machine
 * stays as it is. What fails is said, and no more: the record of this state directory has the lease.
 */
export function renewLeases(seconds: number, machines: readonly LeasedMachine[]): pulumi.Output<unknown> {
  const ids = pulumi.all(machines.map(({ id }) => id));
  if (pulumi.runtime.isDryRun()) return ids;
  return ids.apply(async (uuids) => {
    const placed = machines.map(({ uri }, index) => ({ uri, uuid: uuids[index] ?? "" }));
    const hosts = [...Map.groupBy(placed, ({ uri }) => uri)].map(([uri, there]) => ({
      uri,
      machines: there.map(({ uuid }) => uuid),
    }));
    for (const problem of await renew({ seconds, hosts })) {
      void pulumi.log.warn(`a machine's lease could not be renewed where the machine is: ${problem}`);
    }
  });
}

/** @returns a sentence a failure. */
async function renew(question: object): Promise<string[]> {
  try {
    const run = promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
      timeout: limitMs,
    });
    run.child.stdin?.end(JSON.stringify(question));
    return JSON.parse((await run).stdout) as string[];
  } catch (error) {
    return [messageOf(error)];
  }
}
