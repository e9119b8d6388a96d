import type { Operation } from "../../../../providers/kit/crud.ts";
import { network } from "../../../../providers/libvirt/resources/network.ts";
import { LibvirtError } from "../../../../providers/libvirt/rpc/errors.ts";
import type { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";
import { networks } from "../../../../providers/libvirt/rpc/procedures.ts";
import { readNetwork } from "../../../../providers/libvirt/xml/network.ts";

const urnOf = (stack: string, name: string): string =>
  `urn:pulumi:${stack}::strata::libvirt:index/network:Network::${name}`;

/** The id of a network that is made where there is none. */
async function made(name: string, urn = urnOf("lab", "network")): Promise<string> {
  let defined = "";
  const call = (procedure: unknown, { xml }: { xml?: string }): Promise<unknown> => {
    if (procedure === networks.lookupByName) {
      const none = { code: 43, domain: 0, message: "no network", level: 2, int1: 0 };
      return Promise.reject(new LibvirtError(none, "NETWORK_LOOKUP_BY_NAME", "memory"));
    }
    if (procedure === networks.active) return Promise.resolve({ active: false });
    defined = xml ?? defined;
    return Promise.resolve({ network: { name, uuid: readNetwork(defined).uuid }, xml: defined });
  };
  const operation: Operation<Libvirt> = {
    ...{ urn, name, context: { call } as unknown as Libvirt },
    ...{ signal: new AbortController().signal, log: () => undefined },
  };
  return (await network.create(operation, { name, addresses: ["10.83.0.0/16"] })).id;
}

test("a network that is made again is the same one to libvirt, so that machines that come back find it", async () => {
  const id = await made("strata-lab");
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(await made("strata-lab")).toBe(id);
});

test("another name, resource or stack is another network, and so is another checkout's", async () => {
  const state = process.env.STRATA_STATE;
  const ids = [
    await made("strata-lab"),
    await made("strata-lab2"),
    await made("strata-lab", urnOf("lab", "network2")),
    await made("strata-lab", urnOf("lab2", "network")),
  ];
  try {
    process.env.STRATA_STATE = "/elsewhere";
    ids.push(await made("strata-lab"));
  } finally {
    if (state === undefined) delete process.env.STRATA_STATE;
    else process.env.STRATA_STATE = state;
  }
  expect(new Set(ids).size).toBe(ids.length);
});
