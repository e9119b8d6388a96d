import { z } from "zod";
import { formatCidr, parseCidr } from "../../experiment/cidr.ts";
import type { JsonValue } from "../../experiment/jsonValue.ts";
import { tierNames, type TierName } from "../../experiment/tier.ts";
import {
  defaultKubernetesVersion,
  isKubernetesVersion,
  kubernetesVersions,
  nearestKubernetesVersion,
  type KubernetesVersion,
} from "./versions.ts";

/** A cluster with its defaults filled in. */
export interface KubernetesSpec {
  kind: "kubernetes";
  version: KubernetesVersion;
  /** Tier whose first machine is the control plane. */
  controlPlane: TierName;
  /** Tiers whose other machines are workers. */
  workers: TierName[];
  podCidr: string;
  serviceCidr: string;
  cni: "flannel";
  /** "http://10.0.0.5:5000"; absent: the mirror on the testbed's host. */
  registry?: string;
  kubeletConfig: Record<string, JsonValue>;
  features: Record<string, boolean>;
  simulatedNodes: number;
}

/** Fields of the kubelet's configuration that have a place of their own in the experiment, or that kubeadm decides. */
const reservedKubeletFields: Record<string, string> = {
  apiVersion: "leave it out",
  kind: "leave it out",
  featureGates: 'use "features"',
  clusterDNS: 'leave it out: it follows from "serviceCidr"',
  staticPodPath: "leave it out: kubeadm keeps the control plane there",
  containerRuntimeEndpoint: "leave it out: it is containerd's",
};

const versionSchema = z
  .string()
  .transform((text, context): KubernetesVersion => {
    if (isKubernetesVersion(text)) return text;
    const near = nearestKubernetesVersion(text);
    const fix = `use ${near === undefined ? "one of them" : `"${near}"`}`;
    const message = `"${text}" is not a version that is offered (${kubernetesVersions.join(", ")})`;
    context.issues.push({ code: "custom", input: text, message, params: { fix } });
    return z.NEVER;
  })
  .prefault(defaultKubernetesVersion)
  .meta({
    description: `Version of Kubernetes: ${kubernetesVersions.join(", ")}. A newer one upgrades a running cluster in place.`,
    examples: [defaultKubernetesVersion],
  });

/** @param longest prefix that leaves room enough. */
const rangeSchema = (longest: number, shortest: number, room: string, text: { description: string; example: string }) =>
  z
    .string()
    .superRefine((value, context) => {
      const cidr = parseCidr(value);
      const add = (message: string, fix: string) => {
        context.addIssue({ code: "custom", message, params: { fix } });
      };
      if (cidr === undefined) add(`"${value}" is not an IPv4 range`, `write for example "${text.example}"`);
      else if (formatCidr(cidr) !== value)
        add(`${value} has bits set outside its prefix`, `write "${formatCidr(cidr)}"`);
      else if (cidr.prefix > longest || cidr.prefix < shortest) {
        add(`a /${cidr.prefix} range ${room}`, `use a prefix of /${shortest} to /${longest}`);
      }
    })
    .prefault(text.example)
    .meta({ description: text.description, examples: [text.example] });

const kubeletConfigSchema = z
  .record(z.string(), z.unknown())
  .superRefine((config, context) => {
    for (const [field, fix] of Object.entries(reservedKubeletFields)) {
      if (!(field in config)) continue;
      context.addIssue({ code: "custom", path: [field], message: "is not set here", params: { fix } });
    }
  })
  .transform((config) => config as Record<string, JsonValue>)
  .prefault({})
  .meta({
    description: "Fields of the kubelet's configuration (KubeletConfiguration), laid over kubeadm's on every node.",
    examples: [{ maxPods: 200 }],
  });

/** A Kubernetes cluster in an experiment file. All but `kind` has a default. */
export const kubernetesSchema = z
  .strictObject({
    kind: z.literal("kubernetes").meta({ description: "A Kubernetes cluster, made by kubeadm." }),
    version: versionSchema,
    controlPlane: z
      .enum(tierNames)
      .prefault("cloud")
      .meta({ description: "Tier whose first machine is the control plane.", examples: ["cloud"] }),
    workers: z
      .array(z.enum(tierNames))
      .min(1)
      .prefault(["cloud"])
      .meta({
        description: "Tiers whose machines, but for the control plane, are the worker nodes.",
        examples: [["cloud"], ["cloud", "edge"]],
      }),
    podCidr: rangeSchema(22, 8, "does not hold a /24 for each of a few nodes, or is too wide", {
      description: "Addresses of pods; each node gets a /24 of it.",
      example: "10.244.0.0/16",
    }),
    // The API server takes at most 20 bits of service addresses.
    serviceCidr: rangeSchema(24, 12, "is not one that the API server takes", {
      description: "Addresses of services.",
      example: "10.96.0.0/12",
    }),
    cni: z
      .enum(["flannel"])
      .prefault("flannel")
      .meta({ description: "What connects pods of different nodes.", examples: ["flannel"] }),
    registry: z
      .string()
      .regex(/^https?:\/\/[^/\s]+$/, 'is not the address of a registry, like "http://10.0.0.5:5000"')
      .optional()
      .meta({
        description: "Registry that the machines fetch images from. Absent: the mirror on the testbed's own host.",
        examples: ["http://10.0.0.5:5000"],
      }),
    kubeletConfig: kubeletConfigSchema,
    features: z
      .record(z.string(), z.boolean())
      .prefault({})
      .meta({
        description: "Feature gates of all of Kubernetes' parts, on or off.",
        examples: [{ InPlacePodVerticalScaling: true }],
      }),
    simulatedNodes: z
      .int()
      .min(0)
      .max(1000)
      .prefault(0)
      .meta({
        description: "Nodes without a machine (kwok), for studies of the control plane.",
        examples: [100],
      }),
  })
  .transform(({ registry, ...rest }): KubernetesSpec => ({ ...rest, ...(registry === undefined ? {} : { registry }) }));
