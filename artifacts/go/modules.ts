/** How one of the folders beside this file is built; what it is made of is in its VERSION.mod and VERSION.sum. */
export interface GoModule {
  /** Names of programs whose package has another name: package to program. */
  renamed?: Record<string, string>;
  /** Build tags: what of it is left out. */
  tags?: readonly string[];
  /** Parts written in C need a C compiler; the program is linked statically all the same. */
  cgo?: boolean;
  /** Variables that its own release build sets, by which the program knows its version. */
  stamps?: (version: string) => Record<string, string>;
  /** A program of our own, without versions: go.mod is all there is. */
  own?: boolean;
  /** How long it may take on a busy machine with cold caches, in seconds; the times measured are in docs/mirror.md. */
  limitSeconds?: number;
}

/** The version as all parts of Kubernetes report it. */
function kubernetesStamps(version: string): Record<string, string> {
  const [major = "", minor = ""] = version.split(".");
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  return Object.fromEntries(
    packages.flatMap((path) => Object.entries(values).map(([name, value]) => [`${path}.${name}`, value])),
  );
}

export const goModules: Record<string, GoModule> = {
  kubernetes: { stamps: kubernetesStamps, limitSeconds: 90 * 60 },
  // The package is the module's root, which Go names by its folder.
  etcd: { renamed: { server: "etcd" } },
  coredns: {},
  containerd: {
    // Only overlayfs is used.
    tags: ["no_btrfs", "no_devmapper", "no_zfs"],
    stamps: (version) => ({ "github.com/containerd/containerd/v2/version.Version": version }),
  },
  flannel: {
    renamed: { flannel: "flanneld" },
    // Its udp backend is partly C.
    cgo: true,
    tags: ["netgo", "osusergo"],
    stamps: (version) => ({ "github.com/flannel-io/flannel/pkg/version.Version": `v${version}` }),
  },
  "cni-plugins": {
    stamps: (version) => ({
      "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion": `v${version}`,
    }),
  },
  "cni-plugin-flannel": {
    stamps: (version) => ({
      "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion": `v${version}`,
    }),
  },
  "metrics-server": { stamps: (version) => ({ "k8s.io/client-go/pkg/version.gitVersion": `v${version}` }) },
  "cri-tools": { stamps: (version) => ({ "sigs.k8s.io/cri-tools/pkg/version.Version": version }) },
  kwok: { stamps: (version) => ({ "sigs.k8s.io/kwok/pkg/consts.Version": `v${version}` }) },
  pause: { own: true },
};
