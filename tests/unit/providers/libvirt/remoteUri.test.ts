import { parseUri } from "../../../../providers/libvirt/rpc/uri.ts";

test("a daemon of another machine, by ssh", () => {
  expect(parseUri("qemu+ssh://lab1/system")).toEqual({
    uri: "qemu+ssh://lab1/system",
    driverUri: "qemu:///system",
    remote: { host: "lab1" },
    proxy: "auto",
    netcat: "nc",
    socket: undefined,
  });
  const uri = "qemu+ssh://ada@[2001:db8::1]:2222/system?keyfile=/k&known_hosts=/h&command=/bin/ssh&socket=/run/s";
  expect(parseUri(uri)).toMatchObject({
    remote: { user: "ada", host: "2001:db8::1", port: 2222, keyfile: "/k", knownHosts: "/h", command: "/bin/ssh" },
    // virt-ssh-helper takes no socket.
    proxy: "netcat",
    socket: "/run/s",
  });
  expect(parseUri("qemu+ssh://lab1/system?netcat=ncat")).toMatchObject({ proxy: "netcat", netcat: "ncat" });
  expect(parseUri("qemu+ssh://lab1/system?proxy=native")).toMatchObject({ proxy: "native" });
});

test.each([
  [
    "qemu+tcp://lab1/system",
    "names another machine; those are reached by ssh only, for example qemu+ssh://root@lab1/system",
  ],
  ["qemu://lab1/system", "names another machine; those are reached by ssh only"],
  ["qemu+ssh:///system", "names no machine; write, for example, qemu+ssh://root@host/system"],
  ["qemu+ssh://-oProxyCommand=x/system", "names no machine"],
  ["qemu+ssh://lab1/session", "a session's daemon of another machine can't be reached; use .../system"],
  ["qemu+ssh://lab1/system?no_verify=1", "no_verify: host keys are always verified"],
  ["qemu+ssh://lab1/system?colour=blue", "those are: keyfile, known_hosts, command, socket, netcat, proxy"],
  ["qemu+ssh://lab1/system?keyfile=id", "keyfile=id of"],
  ["qemu+ssh://lab1/system?proxy=native&socket=/s", "takes no socket; leave one of them out"],
  ["qemu+ssh://lab1/system?proxy=ncat", "is unknown; write auto, native or netcat"],
  ["qemu+ssh://lab1/system?netcat=nc%20-x", "is no program's name or path"],
])("%s is refused", (uri, reason) => {
  expect(() => parseUri(uri)).toThrow(reason);
});
