import { aptSources } from "../../../artifacts/machine-image/aptSources.ts";
import { hostDistribution, type Distribution } from "../../../artifacts/sources/host.ts";
import { commandLine, recipe } from "../../../artifacts/machine-image/recipe.ts";

const debian: Distribution = { id: "debian", suite: "bookworm", architecture: "amd64" };

test("the host's distribution is what images are made of", () => {
  const osRelease = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';
  expect(hostDistribution(osRelease, "x64")).toEqual(debian);
  expect(hostDistribution("ID=ubuntu\nVERSION_CODENAME=noble\n", "arm64")).toEqual({
    id: "ubuntu",
    suite: "noble",
    architecture: "arm64",
  });
});

test("other hosts are refused with the reason", () => {
  expect(() => hostDistribution('ID=fedora\nPRETTY_NAME="Fedora 43"\n', "x64")).toThrow(
    "machine images are built from the host's own packages, of Debian or Ubuntu; this host is Fedora 43; use a Debian or Ubuntu host",
  );
  expect(() => hostDistribution("ID=debian\nVERSION_CODENAME=trixie\n", "riscv64")).toThrow("this host is riscv64");
});

test("package sources: the distribution's own release and updates, main component; nobody else's", () => {
  const targets = [
    "mirror:///a/|bookworm|main|Debian",
    "mirror:///a/|bookworm|contrib|Debian",
    "mirror:///a/|bookworm-updates|main|Debian",
    "mirror:///a/|bookworm-backports|main|Debian",
    "mirror:///s/|bookworm-security|main|Debian",
    "mirror:///a/|bookworm|main|Debian",
    "mirror:///x/|bookworm|main|Somebody",
    "",
  ].join("\n");
  expect(aptSources(targets, debian)).toEqual([
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] mirror:///a/ bookworm main",
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] mirror:///a/ bookworm-updates main",
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] mirror:///s/ bookworm-security main",
  ]);
});

const ubuntu: Distribution = { id: "ubuntu", suite: "noble", architecture: "amd64" };

test("Ubuntu: mosquitto and iperf3 are in universe, netem is in the generic kernel's modules, its own keys sign", () => {
  const targets = [
    "mirror:///u/|noble|main|Ubuntu",
    "mirror:///u/|noble|restricted|Ubuntu",
    "mirror:///u/|noble|universe|Ubuntu",
    "mirror:///u/|noble|multiverse|Ubuntu",
    "mirror:///u/|noble-updates|universe|Ubuntu",
    "mirror:///p/|noble|main|LP-PPA-somebody",
  ].join("\n");
  expect(aptSources(targets, ubuntu)).toEqual([
    "deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] mirror:///u/ noble main",
    "deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] mirror:///u/ noble universe",
    "deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] mirror:///u/ noble-updates universe",
  ]);
  const { packages } = recipe(["mqtt"], ubuntu);
  expect(packages).toEqual(expect.arrayContaining(["linux-image-generic", "mosquitto", "iperf3"]));
});

test("an Ubuntu host without universe is told so before anything is built", () => {
  expect(() => aptSources("mirror:///u/|noble|main|Ubuntu\n", ubuntu)).toThrow(
    "this host's package sources have no component universe of ubuntu noble; add it to the apt sources",
  );
});

test("a host without the release in its sources is told what to add", () => {
  expect(() => aptSources("mirror:///x/|bookworm|main|Somebody\n", debian)).toThrow(
    "this host's package sources have no component main of debian bookworm; add it to the apt sources, run apt-get update, then try again",
  );
});

test("software adds packages and containers to the base; order and repetition do not matter", () => {
  const base = recipe([], debian);
  const all = recipe(["workload", "mqtt", "base", "mqtt"], debian);
  expect(base.containers).toEqual([]);
  expect(base.packages).toContain("linux-image-cloud-amd64");
  expect(all.kinds).toEqual(["mqtt", "workload"]);
  expect(all.packages.filter((name) => !base.packages.includes(name))).toEqual([
    "containerd",
    "mosquitto",
    "mosquitto-clients",
    "runc",
  ]);
  expect(all.containers).toEqual(["empty", "publisher", "stress", "worker"]);
  expect(all.key).toBe(recipe(["mqtt", "workload"], debian).key);
});

test("kubernetes adds packages, its default version and room; other images stay as small as they are", () => {
  const base = recipe(["mqtt", "workload"], debian);
  const kubernetes = recipe(["kubernetes"], debian);
  expect([base.mirrored, base.diskMib]).toEqual([[], 2048]);
  expect(kubernetes).toMatchObject({
    mirrored: [{ kind: "kubernetes", version: "1.35.4" }],
    ...{ diskMib: 5120, containers: [] },
  });
  expect(kubernetes.packages.filter((name) => !recipe([], debian).packages.includes(name))).toEqual([
    "conntrack",
    "ebtables",
    "nftables",
    "runc",
    "socat",
  ]);
  expect(recipe(["kubernetes", "workload"], debian).containers).toEqual(["empty", "publisher", "stress", "worker"]);
});

test("the key depends on software, distribution and architecture", () => {
  const keys = [
    recipe([], debian),
    recipe(["mqtt"], debian),
    recipe(["kubernetes"], debian),
    recipe([], { ...debian, suite: "trixie" }),
    recipe([], { ...debian, architecture: "arm64" }),
    recipe([], { id: "ubuntu", suite: "noble", architecture: "amd64" }),
  ].map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.every((key) => /^[0-9a-f]{16}$/.test(key))).toBe(true);
});

test("software that images know nothing of is refused", () => {
  expect(() => recipe(["kubernets"], debian)).toThrow(
    'a machine image knows no software "kubernets"; it knows base, mqtt, kubernetes, workload',
  );
});

test("the kernel command line is the same for all machines of an architecture", () => {
  expect(commandLine("amd64")).toBe(
    "root=/dev/vda rw console=ttyS0 tsc=reliable no_timer_check i8042.nokbd i8042.noaux net.ifnames=0 quiet " +
      "loglevel=4 mitigations=off lsm= audit=0 init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off " +
      "cryptomgr.notests random.trust_cpu=on",
  );
  expect(commandLine("arm64")).toContain(" console=ttyAMA0 ");
});
