import { jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";

const said: string[] = [];
jest.spyOn(pulumi.log, "warn").mockImplementation((text) => Promise.resolve(void said.push(text)));
const { renewLeases } = await import("../../../../components/libvirt/lease.ts");

const uri = "qemu+unix:///system?socket=/nowhere/libvirt-sock";
const machine = { uri, id: pulumi.output("01234567-89ab-cdef-0123-456789abcdef") };
const none = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
const ended = (output: pulumi.Output<unknown>) => new Promise((resolve) => output.apply(resolve));

beforeEach(() => {
  said.length = 0;
});

test("a lease that can't be renewed where the machine is keeps no update from its end; it is said", async () => {
  await pulumi.runtime.setMocks(none, "strata", "lab", false);
  await ended(renewLeases(60, [machine]));
  expect(said).toEqual([
    expect.stringMatching(/^a machine's lease could not be renewed where the machine is: .*\/nowhere\/libvirt-sock/),
  ]);
});

test("a preview renews none", async () => {
  await pulumi.runtime.setMocks(none, "strata", "lab", true);
  await ended(renewLeases(60, [machine]));
  expect(said).toEqual([]);
});
