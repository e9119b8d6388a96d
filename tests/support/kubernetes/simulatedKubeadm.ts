import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Authority } from "./authority.ts";
import type { SimulatedApi } from "./simulatedApi.ts";
import type { SshMachine } from "./sshMachine.ts";

/**
 * Puts a kubeadm on a machine that leaves the files that the real one leaves, and refuses what the real one refuses:
 * to join over an older membership. Beside it: systemctl, ip and date, so that nothing of this host is touched.
 */
export function simulateKubeadm(machine: SshMachine, api: SimulatedApi, authority: Authority): void {
  writeFileSync(join(machine.directory, "ca.crt"), authority.pem("ca.crt"));
  machine.program(
    "kubeadm",
    `echo "kubeadm $*" >> $MACHINE/calls
case "$1" in
join)
  ps -eo args > $MACHINE/processes
  config=$(cat "$3")
  name=$(printf %s "$config" | sed 's/.*"nodeRegistration":{"name":"\\([^"]*\\)".*/\\1/')
  printf %s "$config" > $MACHINE/join.json
  token=$(printf %s "$config" | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
  if [ -s $MACHINE/refusals ]; then
    message=$(head -n 1 $MACHINE/refusals); sed -i 1d $MACHINE/refusals
    mkdir -p /etc/kubernetes/pki; : > /etc/kubernetes/bootstrap-kubelet.conf
    echo "error execution phase: token $token: $message" >&2; exit 1
  fi
  if [ -e /etc/kubernetes/pki/ca.crt ] || [ -e /etc/kubernetes/bootstrap-kubelet.conf ]; then
    echo "[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists" >&2; exit 1
  fi
  mkdir -p /etc/kubernetes/pki
  cp $MACHINE/ca.crt /etc/kubernetes/pki/ca.crt
  sleep $(cat $MACHINE/slowness 2>/dev/null || echo 0)
  echo kubeconfig > /etc/kubernetes/kubelet.conf
  : > ${api.kubelets}/$name
  echo $name > $MACHINE/node
  ;;
reset)
  rm -rf /etc/kubernetes
  [ ! -e $MACHINE/node ] || rm -f ${api.kubelets}/$(cat $MACHINE/node)
  ;;
esac
`,
  );
  machine.program("systemctl", `echo "systemctl $*" >> $MACHINE/calls`);
  machine.program("ip", "exit 0");
  machine.program(
    "date",
    `offset=$(cat $MACHINE/clock 2>/dev/null || echo 0)
case "$*" in
"-u -s "*) echo $(( \${3#@} - $(/bin/date +%s) )) > $MACHINE/clock; echo "date $*" >> $MACHINE/calls ;;
+%s) echo $(( $(/bin/date +%s) + offset )) ;;
*) /bin/date "$@" ;;
esac
`,
  );
}
