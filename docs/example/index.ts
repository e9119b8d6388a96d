import * as pulumi from "@pulumi/pulumi";
import { Testbed } from "../../components/index.ts";

const endpoints = new pulumi.Config().getNumber("endpoints") ?? 1;

const lab = new Testbed(pulumi.getStack(), {
  provider: { kind: "libvirt" },
  tiers: {
    cloud: { count: 1, cpus: 1, memory: "512 MiB" },
    endpoint: { count: endpoints, cpus: 1, memory: "512 MiB" },
  },
  links: { preset: "4g", "cloud-endpoint": { latency: "30 ms" } },
});

export const testbed = lab.outputs;
