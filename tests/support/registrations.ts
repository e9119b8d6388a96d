import { jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import { disconnect, getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostLook } from "../../components/libvirt/plan/hosts.ts";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import { plainProperties, type Properties } from "../../providers/kit/values.ts";

/** What a program asked the engine to have. */
export interface Registration {
  type: string;
  name: string;
  /** Name of the component it belongs to; empty: the stack itself. */
  parent: string;
  custom: boolean;
  /** Values that only exist after creation are what the mock made up: `<name>.id`, `<name>.publicKey`. */
  inputs: Properties;
  /** Names of inputs that are secret. */
  secrets: string[];
  /** Names of the resources that it comes after, sorted. */
  after: string[];
  /** Name of the resource with which it goes. */
  deletedWith: string;
  /** Type of the provider resource that manages it; empty: the package's default one. */
  provider: string;
}

/** Where the machine image of these tests would be. */
export const imageDirectory = mkdtempSync(join(tmpdir(), "strata-image-"));
export const diskChecksum = { sha256: "0".repeat(64), modifiedMs: 1 };
writeFileSync(
  join(imageDirectory, "image.json"),
  JSON.stringify({ cmdline: "root=/dev/vda rw", files: { "disk.qcow2": diskChecksum } }),
);
afterAll(() => {
  rmSync(imageDirectory, { recursive: true });
});

/** As in earnest, another software makes another image. */
export const imageKey = (kinds: string[]): string =>
  createHash("sha256").update(kinds.join()).digest("hex").slice(0, 16);

/** What the program warned of. */
export const warnings: string[] = [];
jest.spyOn(pulumi.log, "warn").mockImplementation((message) => {
  warnings.push(message);
  return Promise.resolve();
});

// Where its machines go, it says in each of these tests.
jest.spyOn(pulumi.log, "info").mockResolvedValue();

// Names the embedded host: strata-7ac138.
process.env.STRATA_STATE = "/state";

/** The host of these tests: emulates, and is large enough; what is on the real one makes no difference. */
export const host = { memoryMiB: 1_000_000, cores: 64, routes: [] as string[], limits: {} };

/** How that host starts machines, and whether a libvirtd of its own answers. */
export const libvirtd = { accelerator: "tcg", answers: false };

/** Where these testbeds were built first: before names had places. */
export const built: { id: string; host?: "system" | "embedded" } = { id: "" };

/** What is recorded of it. */
export const recorded: [stack: string, place: object][] = [];

/** What is recorded of leases. */
export const leases: [stack: string, seconds: number | undefined][] = [];

/** What of the cache they use. */
export const uses: [stack: string, use: object][] = [];

/** Whose leases are begun anew where the machines are. */
export const renewed: [seconds: number, machines: number][] = [];

/** What the plugin made for ssh: as in an older stack, whose machines share a host key. */
export const keys = { hostPrivateKey: "credentials.hostPrivateKey" };

/** What is found on hosts by ssh. */
export const looks: HostLook[] = [];

jest.unstable_mockModule("../../components/libvirt/probe.ts", () => ({
  usableAccelerator: () => libvirtd.accelerator,
  systemLibvirtAnswers: () => libvirtd.answers,
  hostFacts: () => host,
  lookAtHosts: () => looks,
}));
jest.unstable_mockModule("../../local/place.ts", () => ({
  placeOf: () => built,
  recordPlace: (...record: [string, object]) => recorded.push(record),
}));
jest.unstable_mockModule("../../local/lease.ts", () => ({
  recordLease: (...record: [string, number | undefined]) => leases.push(record),
}));
jest.unstable_mockModule("../../local/stackUse.ts", () => ({
  recordStackUse: (...use: [string, object]) => uses.push(use),
}));
jest.unstable_mockModule("../../components/libvirt/lease.ts", () => ({
  renewLeases: (seconds: number, machines: object[]) => {
    renewed.push([seconds, machines.length]);
    return pulumi.output(undefined);
  },
}));
jest.unstable_mockModule("../../artifacts/machine-image/index.ts", () => ({
  machineImage: (kinds: string[]) => ({ key: imageKey(kinds), directory: imageDirectory, state: "ready" }),
}));

// Loaded after the mocks, which it is to get.
const { Testbed } = await import("../../components/index.ts");

/** What a testbed registers, in no order that matters, and its outputs. */
export async function registrationsOf(name: string, args: TestbedArgs) {
  const { registrations, complete } = await recordRegistrations();
  try {
    const { outputs } = new Testbed(name, args);
    const testbed = await new Promise((resolve) => outputs.apply(resolve));
    await complete;
    return { testbed, registrations };
  } finally {
    await disconnect();
  }
}

/** Runs a testbed's program as a preview does. */
export async function previewOf(name: string, args: TestbedArgs): Promise<void> {
  await recordRegistrations(name, true);
  new Testbed(name, args);
  await disconnect();
}

/**
 * Puts Pulumi's mocks in the engine's place.
 *
 * @returns what is registered from now on, and when a testbed's outputs are, which come last.
 */
export async function recordRegistrations(
  stack = "lab",
  preview = false,
): Promise<{ registrations: Registration[]; complete: Promise<void> }> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, type, inputs }) => ({
        id: `${name}.id`,
        state: { ...(inputs as Properties), ...outputsOf(type, name) },
      }),
      call: () => ({}),
    },
    "strata",
    stack,
    preview,
  );
  const registrations: Registration[] = [];
  const monitor = getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    registrations.push(registrationOf(request));
    register(request, ...rest);
  };
  const complete = new Promise<void>((resolve) => {
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResourceOutputs = (request, ...rest) => {
      registerOutputs(request, ...rest);
      if (request.getUrn().split("::")[2] === "strata:index:Testbed") resolve();
    };
  });
  return { registrations, complete };
}

interface Monitor {
  registerResource: (request: RegisterResourceRequest, ...rest: unknown[]) => void;
  registerResourceOutputs: (request: RegisterResourceOutputsRequest, ...rest: unknown[]) => void;
}

/** What the plugins would make, as far as other resources use it. */
function outputsOf(type: string, name: string): Properties {
  const made = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, `${name}.${key}`]));
  switch (type) {
    case "strata:access:Credentials":
      return { ...made("publicKey", "hostPublicKey"), ...keys };
    case "strata:access:Forward":
      return made("address");
    case "strata:kubernetes:Kubeconfig":
      return made("kubeconfig");
    default:
      return {};
  }
}

function registrationOf(request: RegisterResourceRequest): Registration {
  const object = request.getObject();
  const sent: Properties = object === undefined ? {} : deserializeProperties(object);
  return {
    type: request.getType(),
    name: request.getName(),
    parent: nameIn(request.getParent()),
    custom: request.getCustom(),
    inputs: plainProperties(sent),
    secrets: Object.keys(sent).filter((key) => pulumi.runtime.isRpcSecret(sent[key])),
    after: request.getDependenciesList().map(nameIn).sort(),
    deletedWith: nameIn(request.getDeletedwith()),
    provider: request.getProvider().split("::")[2]?.split("$").at(-1) ?? "",
  };
}

function nameIn(urn: string): string {
  return urn.split("::")[3] ?? "";
}
