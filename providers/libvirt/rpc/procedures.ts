import {
  characters,
  flag,
  hyper,
  int,
  list,
  none,
  opaque,
  optional,
  string,
  struct,
  typedParameter,
  unsigned,
  unsignedHyper,
  uuid,
  type Codec,
} from "./codec.ts";

/** The calls of libvirt's remote protocol that this plugin uses (src/remote/remote_protocol.x), pinned by number. */
export interface Procedure<Args, Result> {
  number: number;
  name: string;
  args: Codec<Args>;
  result: Codec<Result>;
}

export function procedure<Args, Result>(
  number: number,
  name: string,
  args: Codec<Args>,
  result: Codec<Result>,
): Procedure<Args, Result> {
  return { number, name, args, result };
}

export interface DomainRef {
  name: string;
  uuid: string;
  /** -1 while it is not running. */
  id: number;
}
export interface NetworkRef {
  name: string;
  uuid: string;
}
export interface PoolRef {
  name: string;
  uuid: string;
}
export interface VolumeRef {
  pool: string;
  name: string;
  /** Unique on the host; for a directory pool, the file's path. */
  key: string;
}

export const domain = struct<DomainRef>({ name: string, uuid, id: int });
const network = struct<NetworkRef>({ name: string, uuid });
export const pool = struct<PoolRef>({ name: string, uuid });
export const volume = struct<VolumeRef>({ pool: string, name: string, key: string });

const named = struct({ name: string });
const byUuid = struct({ uuid });
const xmlResult = struct({ xml: string });
const domainArgs = struct({ domain });
const domainFlags = struct({ domain, flags: unsigned });
const networkArgs = struct({ network });
const poolArgs = struct({ pool });
const poolFlags = struct({ pool, flags: unsigned });
const volumeFlags = struct({ volume, flags: unsigned });
const volumePart = struct({ volume, offset: unsignedHyper, length: unsignedHyper, flags: unsigned });
const domainResult = struct({ domain });
const networkResult = struct({ network });
const poolResult = struct({ pool });
const volumeResult = struct({ volume });

/** An error as the daemon sends it. */
export interface RemoteError {
  code: number;
  domain: number;
  message: string | undefined;
  level: number;
  int1: number;
}

export const remoteError: Codec<RemoteError> = struct({
  code: int,
  domain: int,
  message: optional(string),
  level: int,
  dom: optional(domain),
  str1: optional(string),
  str2: optional(string),
  str3: optional(string),
  int1: int,
  int2: int,
  net: optional(network),
});

export const connect = {
  open: procedure(1, "CONNECT_OPEN", struct({ name: optional(string), flags: unsigned }), none),
  close: procedure(2, "CONNECT_CLOSE", none, none),
  authList: procedure(66, "AUTH_LIST", none, struct({ types: list(int) })),
  authPolkit: procedure(70, "AUTH_POLKIT", none, struct({ complete: flag })),
  hostname: procedure(59, "CONNECT_GET_HOSTNAME", none, named),
  /** The daemon's version: major * 1,000,000 + minor * 1,000 + release. */
  libVersion: procedure(157, "CONNECT_GET_LIB_VERSION", none, struct({ version: unsignedHyper })),
};

/** The host itself. */
export const node = {
  info: procedure(
    6,
    "NODE_GET_INFO",
    none,
    struct({
      model: characters(32),
      memoryKiB: unsignedHyper,
      cpus: int,
      mhz: int,
      nodes: int,
      sockets: int,
      cores: int,
      threads: int,
    }),
  ),
  freeMemory: procedure(102, "NODE_GET_FREE_MEMORY", none, struct({ bytes: unsignedHyper })),
};

export const domains = {
  create: procedure(196, "DOMAIN_CREATE_WITH_FLAGS", domainFlags, domainResult),
  define: procedure(350, "DOMAIN_DEFINE_XML_FLAGS", struct({ xml: string, flags: unsigned }), domainResult),
  destroy: procedure(12, "DOMAIN_DESTROY", domainArgs, none),
  shutdown: procedure(33, "DOMAIN_SHUTDOWN", domainArgs, none),
  undefine: procedure(231, "DOMAIN_UNDEFINE_FLAGS", domainFlags, none),
  /** Running or not. */
  list: procedure(
    273,
    "CONNECT_LIST_ALL_DOMAINS",
    struct({ needResults: int, flags: unsigned }),
    struct({ domains: list(domain), count: unsigned }),
  ),
  xml: procedure(14, "DOMAIN_GET_XML_DESC", domainFlags, xmlResult),
  lookupByName: procedure(23, "DOMAIN_LOOKUP_BY_NAME", named, domainResult),
  lookupByUuid: procedure(24, "DOMAIN_LOOKUP_BY_UUID", byUuid, domainResult),
  state: procedure(212, "DOMAIN_GET_STATE", domainFlags, struct({ state: int, reason: int })),
  autostart: procedure(15, "DOMAIN_GET_AUTOSTART", domainArgs, struct({ autostart: flag })),
  setAutostart: procedure(29, "DOMAIN_SET_AUTOSTART", struct({ domain, autostart: flag }), none),
  info: procedure(
    16,
    "DOMAIN_GET_INFO",
    domainArgs,
    // The processor time is in nanoseconds.
    struct({
      state: unsigned,
      maximumKiB: unsignedHyper,
      memoryKiB: unsignedHyper,
      vcpus: unsigned,
      cpuTime: unsignedHyper,
    }),
  ),
  setMemory: procedure(
    204,
    "DOMAIN_SET_MEMORY_FLAGS",
    struct({ domain, memoryKiB: unsignedHyper, flags: unsigned }),
    none,
  ),
  setVcpus: procedure(199, "DOMAIN_SET_VCPUS_FLAGS", struct({ domain, count: unsigned, flags: unsigned }), none),
  pinVcpu: procedure(
    225,
    "DOMAIN_PIN_VCPU_FLAGS",
    struct({ domain, vcpu: unsigned, map: opaque, flags: unsigned }),
    none,
  ),
  setScheduler: procedure(
    219,
    "DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS",
    struct({ domain, parameters: list(typedParameter), flags: unsigned }),
    none,
  ),
  setBlockTuning: procedure(
    252,
    "DOMAIN_SET_BLOCK_IO_TUNE",
    struct({ domain, disk: string, parameters: list(typedParameter), flags: unsigned }),
    none,
  ),
  updateDevice: procedure(174, "DOMAIN_UPDATE_DEVICE_FLAGS", struct({ domain, xml: string, flags: unsigned }), none),
  setMetadata: procedure(
    264,
    "DOMAIN_SET_METADATA",
    struct({
      domain,
      type: int,
      metadata: optional(string),
      key: optional(string),
      uri: optional(string),
      flags: unsigned,
    }),
    none,
  ),
  registerEvents: procedure(
    316,
    "CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY",
    struct({ event: int, domain: optional(domain) }),
    struct({ callback: int }),
  ),
};

/** Sent by the daemon, unasked, once lifecycle events are registered. */
export const lifecycleEvent = procedure(
  318,
  "DOMAIN_EVENT_CALLBACK_LIFECYCLE",
  struct({ callback: int, domain, event: int, detail: int }),
  none,
);

export const networks = {
  define: procedure(41, "NETWORK_DEFINE_XML", struct({ xml: string }), networkResult),
  create: procedure(39, "NETWORK_CREATE", networkArgs, none),
  destroy: procedure(42, "NETWORK_DESTROY", networkArgs, none),
  undefine: procedure(49, "NETWORK_UNDEFINE", networkArgs, none),
  xml: procedure(43, "NETWORK_GET_XML_DESC", struct({ network, flags: unsigned }), xmlResult),
  lookupByName: procedure(46, "NETWORK_LOOKUP_BY_NAME", named, networkResult),
  lookupByUuid: procedure(47, "NETWORK_LOOKUP_BY_UUID", byUuid, networkResult),
  active: procedure(152, "NETWORK_IS_ACTIVE", networkArgs, struct({ active: flag })),
  autostart: procedure(44, "NETWORK_GET_AUTOSTART", networkArgs, struct({ autostart: flag })),
  setAutostart: procedure(48, "NETWORK_SET_AUTOSTART", struct({ network, autostart: flag }), none),
  leases: procedure(
    341,
    "NETWORK_GET_DHCP_LEASES",
    struct({ network, mac: optional(string), needResults: int, flags: unsigned }),
    struct({
      leases: list(
        struct({
          interface: string,
          expires: hyper,
          type: int,
          mac: optional(string),
          iaid: optional(string),
          address: string,
          prefix: unsigned,
          hostname: optional(string),
          clientId: optional(string),
        }),
      ),
      count: unsigned,
    }),
  ),
};

export const pools = {
  define: procedure(77, "STORAGE_POOL_DEFINE_XML", struct({ xml: string, flags: unsigned }), poolResult),
  build: procedure(79, "STORAGE_POOL_BUILD", poolFlags, none),
  create: procedure(78, "STORAGE_POOL_CREATE", poolFlags, none),
  destroy: procedure(80, "STORAGE_POOL_DESTROY", poolArgs, none),
  delete: procedure(81, "STORAGE_POOL_DELETE", poolFlags, none),
  undefine: procedure(82, "STORAGE_POOL_UNDEFINE", poolArgs, none),
  refresh: procedure(83, "STORAGE_POOL_REFRESH", poolFlags, none),
  xml: procedure(88, "STORAGE_POOL_GET_XML_DESC", poolFlags, xmlResult),
  lookupByName: procedure(84, "STORAGE_POOL_LOOKUP_BY_NAME", named, poolResult),
  lookupByUuid: procedure(85, "STORAGE_POOL_LOOKUP_BY_UUID", byUuid, poolResult),
  volumes: procedure(
    282,
    "STORAGE_POOL_LIST_ALL_VOLUMES",
    struct({ pool, needResults: int, flags: unsigned }),
    struct({ volumes: list(volume), count: unsigned }),
  ),
  lookupByVolume: procedure(86, "STORAGE_POOL_LOOKUP_BY_VOLUME", struct({ volume }), poolResult),
  active: procedure(154, "STORAGE_POOL_IS_ACTIVE", poolArgs, struct({ active: flag })),
  autostart: procedure(89, "STORAGE_POOL_GET_AUTOSTART", poolArgs, struct({ autostart: flag })),
  setAutostart: procedure(90, "STORAGE_POOL_SET_AUTOSTART", struct({ pool, autostart: flag }), none),
};

export const volumes = {
  create: procedure(93, "STORAGE_VOL_CREATE_XML", struct({ pool, xml: string, flags: unsigned }), volumeResult),
  delete: procedure(94, "STORAGE_VOL_DELETE", volumeFlags, none),
  lookupByName: procedure(95, "STORAGE_VOL_LOOKUP_BY_NAME", struct({ pool, name: string }), volumeResult),
  lookupByKey: procedure(96, "STORAGE_VOL_LOOKUP_BY_KEY", struct({ key: string }), volumeResult),
  xml: procedure(99, "STORAGE_VOL_GET_XML_DESC", volumeFlags, xmlResult),
  /** A length of 0 has no limit. */
  upload: procedure(208, "STORAGE_VOL_UPLOAD", volumePart, none),
  download: procedure(209, "STORAGE_VOL_DOWNLOAD", volumePart, none),
};
