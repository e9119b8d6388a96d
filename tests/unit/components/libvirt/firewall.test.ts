import { firewallProblems, lookAtFirewall, type Firewall } from "../../../../components/libvirt/firewall.ts";
import { formatProblem } from "../../../../components/experiment/problem.ts";

const docker: Firewall = {
  bridgesFiltered: true,
  forward: "-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n-A FORWARD -i docker0 -o docker0 -j ACCEPT\n",
  docker: true,
};
const said = (more: Partial<Firewall>): string[] =>
  firewallProblems("strata7", { ...docker, ...more }).map((problem) => formatProblem(problem));

test("a host whose firewall drops what is within a bridge is told, with the way out; nothing else is", () => {
  expect(said({})).toEqual([
    "warning: provider.host: this host lets packets within a bridge pass iptables (net.bridge.bridge-nf-call-iptables is 1), " +
      "whose chain FORWARD is DROP, as Docker sets it: machines may not reach each other; " +
      "where `strata verify network` gets no answer, allow it: iptables -I DOCKER-USER -i strata7 -o strata7 -j ACCEPT",
  ]);
  expect(said({ docker: false })[0]).toMatch(/is DROP: .* iptables -I FORWARD -i strata7/);
  // Who may not look at the chain is told where Docker is.
  expect(said({ forward: undefined })[0]).toMatch(/FORWARD may be DROP, as Docker sets it/);
  expect(said({ forward: undefined, docker: false })).toEqual([]);
  expect(said({ bridgesFiltered: false })).toEqual([]);
  expect(said({ forward: "-P FORWARD ACCEPT\n" })).toEqual([]);
  expect(said({ forward: `${docker.forward}-A FORWARD -i strata7 -o strata7 -j ACCEPT\n` })).toEqual([]);
  expect(said({ forward: `${docker.forward}-A FORWARD -i strata77 -o strata77 -j ACCEPT\n` })).toHaveLength(1);
});

test("a host is looked at without iptables too", () => {
  expect(lookAtFirewall("/nowhere")).toMatchObject({ forward: undefined });
});
