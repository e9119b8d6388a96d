import { hostNames, hostProblem } from "../../../../components/libvirt/experiment/hosts.ts";
import { loadTestbed } from "../../../../components/experiment/whole/load.ts";
import { formatProblem } from "../../../../components/experiment/problem.ts";

const problems = (text: string): string[] => {
  const loaded = loadTestbed(text);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem(problem, "lab.yaml"));
};

test("hosts by ssh, and what runs on which", () => {
  const text = `provider:
  kind: libvirt
  hosts: [qemu+ssh://root@lab1/system, "qemu+ssh://ada@[2001:db8::1]:2222/system?keyfile=/k"]
tiers: { cloud: { count: 1, on: lab1 }, endpoint: { count: 3 } }
`;
  expect(problems(text)).toEqual([]);
});

test("their names are as short as tells them apart", () => {
  expect(hostNames(["qemu+ssh://lab1/system", "qemu+ssh://a@lab2:22/system"])).toEqual(["lab1", "lab2"]);
  expect(hostNames(["qemu+ssh://lab1/system", "qemu+ssh://lab1:2222/system"])).toEqual(["lab1", "lab1:2222"]);
});

test("all that is wrong with hosts at once", () => {
  const text = `provider:
  kind: libvirt
  host: embedded
  hosts:
    - qemu+ssh://root@lab1/system
    - qemu+ssh://ada@lab1:22/system
tiers:
  cloud: { count: 1, on: lab9 }
  edge: { count: 1, on: elsewhere }
`;
  expect(problems(text)).toContain("lab.yaml:6: provider.hosts[1]: is the same host as hosts[0]; list each host once");
  expect(problems(text.replace("lab1:22", "lab2"))).toEqual(
    expect.arrayContaining([
      "lab.yaml:3: provider.host: host (embedded) and hosts both say where machines run; keep one of them",
      'lab.yaml:8: tiers.cloud.on: "lab9" is none of provider.hosts; did you mean "lab1"?',
      'lab.yaml:9: tiers.edge.on: "elsewhere" is none of provider.hosts; use: lab1, lab2',
    ]),
  );
  expect(problems("tiers: { cloud: { count: 1, on: lab1 } }")).toEqual([
    "lab.yaml:1: tiers.cloud.on: machines have one host only to run on; leave it out, or list provider.hosts",
  ]);
});

test.each([
  ["lab1", '"lab1" is not a libvirt URI', 'write for example "qemu+ssh://root@lab1/system"'],
  [
    "qemu:///system",
    '"qemu" is not a way to a host',
    'hosts are reached by ssh: write for example "qemu+ssh://root@lab1/system"',
  ],
  [
    "qemu+tls://lab1/system",
    '"qemu+tls" is not a way to a host',
    'hosts are reached by ssh: write for example "qemu+ssh://root@lab1/system"',
  ],
  ["qemu+ssh:///system", '"qemu+ssh:///system" names no host', 'write for example "qemu+ssh://root@lab1/system"'],
  ["qemu+ssh://lab1/session", '"/session" is not a host\'s own daemon', "end it with /system"],
  [
    "qemu+ssh://lab1/system?no_verify=1",
    "no_verify: host keys are always verified",
    "take it out, and log in once by hand to accept the host's key",
  ],
  ["qemu+ssh://lab1/system?mode=legacy", "mode is not known here", "use: keyfile, known_hosts, socket, proxy"],
  ...["command=/tmp/x", "c%6Fmmand=sh", "netcat=/tmp/x"].map((query) => [
    `qemu+ssh://lab1/system?proxy=netcat&${query}`,
    `${query.startsWith("n") ? "netcat" : "command"}: an experiment is data and names no program to run`,
    "take it out, and say in ~/.ssh/config how ssh gets to lab1",
  ]),
  ...["keyfile=/k%0A%20%20ProxyCommand%20sh", "keyfile=/k%1b[2J"].map((query) => [
    `qemu+ssh://lab1/system?${query}`,
    "there are control characters in it",
    "take them out",
  ]),
])("%s is no host", (uri, reason, fix) => {
  expect(hostProblem(uri)).toEqual({ reason, fix });
});
