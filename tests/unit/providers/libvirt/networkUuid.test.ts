import type { Operation } from "../../../../providers/kit/crud.ts";
import { network } from "../../../../providers/libvirt/resources/network.ts";
import { LibvirtError } from "../../../../providers/libvirt/rpc/errors.ts";
import type { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";
import { networks } from "../../../../providers/libvirt/rpc/procedures.ts";
import { readNetwork } from "../../../../providers/libvirt/xml/network.ts";

/** The UUID that a network is defined with where there is none; "": libvirt draws one. */
async function defined(formerId?: string): Promise<string> {
  let text = "";
  const call = (procedure: unknown, { xml }: { xml?: string }): Promise<unknown> => {
    if (procedure === networks.lookupByName) {
      const none = { code: 43, domain: 0, message: "no network", level: 2, int1: 0 };
      return Promise.reject(new LibvirtError(none, "NETWORK_LOOKUP_BY_NAME", "memory"));
    }
    if (procedure === networks.active) return Promise.resolve({ active: false });
    text = xml ?? text;
    return Promise.resolve({ network: { name: "lab", uuid: readNetwork(text).uuid }, xml: text });
  };
  const operation: Operation<Libvirt> = {
    ...{ urn: "urn:pulumi:lab::strata::libvirt:index/network:Network::network", name: "network", formerId },
    ...{ context: { call } as unknown as Libvirt, signal: new AbortController().signal, log: () => undefined },
  };
  return (await network.create(operation, { name: "lab", addresses: ["10.83.0.0/16"] })).id;
}

test("a network that is made again from its state is the same one to libvirt, so that machines that come back find it", async () => {
  const id = "6dde55df-693c-4f5c-b8c1-1d41da6e1633";
  expect(await defined(id)).toBe(id);
});

test("any other is a new one, so that the machines of one that it replaces notice", async () => {
  expect(await defined()).toBe("");
});
