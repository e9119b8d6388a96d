import * as pulumi from "@pulumi/pulumi";
import { Testbed } from "../../components/index.ts";

const endpoints = new pulumi.Config().getNumber("endpoints") ?? 1;

const lab = new Testbed(pulumi.getStack(), {
  tiers: {
    cloud: { count: 1, cpus: 1, memory: "512 MiB" },
    endpoint: { count: endpoints, cpus: 1, memory: "512 MiB" },
  },
  links: { preset: "4g", "cloud-endpoint": { latency: "30 ms" } },
  software: [{ kind: "mqtt", on: "cloud" }],
  benchmark: { workload: "image-classification" },
});

export const testbed = lab.outputs;
