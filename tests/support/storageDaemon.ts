import { LibvirtError, Unreachable } from "../../providers/libvirt/rpc/errors.ts";
import { Libvirt } from "../../providers/libvirt/rpc/libvirt.ts";
import type { PoolRef, Procedure, VolumeRef } from "../../providers/libvirt/rpc/procedures.ts";
import { readPool, readVolume } from "../../providers/libvirt/xml/storage.ts";

interface Pool {
  uuid: string;
  path: string;
  active: boolean;
  autostart: boolean;
  /** Default: dir. */
  type?: string;
}

/** What a daemon has in storage, in memory: pools and volumes by their names and keys, and the directories that exist. */
export interface World {
  pools: Record<string, Pool>;
  /** XML of each volume, by its key. */
  volumes: Record<string, string>;
  directories: string[];
}

/** XML of a volume as a daemon has it, by that of its making. */
export function volumeAt(path: string, xml: string): string {
  return xml.replace("<target>", `<key>${path}</key><target><path>${path}</path>`);
}

const codes = { noPool: 49, noVolume: 50, invalid: 55, system: 38, exists: 90 };

function refuse(code: number, message: string, errno = 0): never {
  throw new LibvirtError({ code, domain: 18, message, level: 2, int1: errno }, "CALL", "memory");
}

/**
 * A storage daemon that answers the provider's calls and breaks the connection at one of them, so that every point at which
 * a run can be killed is tried.
 */
export class StorageDaemon {
  readonly world: World;
  #calls = 0;
  #cut: { at: number; done: boolean } | undefined;

  constructor(world: World) {
    this.world = structuredClone(world);
  }

  /**
   * A connection to it.
   *
   * @param cut the number of the call at which it breaks, and whether the daemon has done that one by then.
   */
  connect(cut?: { at: number; done: boolean }): Libvirt {
    const context = new Libvirt("test:///default");
    this.#calls = 0;
    this.#cut = cut;
    context.call = <Args, Result>({ name }: Procedure<Args, Result>, args: Args): Promise<Result> =>
      Promise.resolve().then(() => this.#call(name, args as never) as Result);
    return context;
  }

  /** Calls of the last connection. */
  get calls(): number {
    return this.#calls;
  }

  #call(
    name: string,
    args: { pool: PoolRef; volume: VolumeRef; xml: string; name: string; uuid: string; key: string },
  ): unknown {
    this.#calls += 1;
    const broken = this.#cut !== undefined && this.#calls >= this.#cut.at;
    const first = broken && this.#calls === this.#cut?.at;
    if (broken && !(first && this.#cut?.done === true)) throw new Unreachable("cut off");
    const answer = this.#answer(name, args);
    if (broken) throw new Unreachable("cut off");
    return answer;
  }

  #answer(
    procedure: string,
    {
      pool,
      volume,
      xml,
      name,
      uuid,
      key,
    }: { pool: PoolRef; volume: VolumeRef; xml: string; name: string; uuid: string; key: string },
  ): unknown {
    const { pools, volumes, directories } = this.world;
    const poolOf = (ref: { uuid: string }): [string, Pool] =>
      Object.entries(pools).find(([, one]) => one.uuid === ref.uuid) ?? refuse(codes.noPool, "no pool");
    const refOf = (path: string): VolumeRef => {
      const [within = ""] = Object.entries(pools).find(([, one]) => path.startsWith(`${one.path}/`)) ?? [];
      if (!(path in volumes) || pools[within]?.active !== true) refuse(codes.noVolume, "no volume");
      return { pool: within, name: path.slice(path.lastIndexOf("/") + 1), key: path };
    };
    switch (procedure) {
      case "STORAGE_POOL_LOOKUP_BY_NAME": {
        const found = pools[name] ?? refuse(codes.noPool, "no pool");
        return { pool: { name, uuid: found.uuid } };
      }
      case "STORAGE_POOL_LOOKUP_BY_UUID":
        return { pool: { name: poolOf({ uuid })[0], uuid } };
      case "STORAGE_POOL_LOOKUP_BY_VOLUME":
        return { pool: { name: volume.pool, uuid: pools[volume.pool]?.uuid ?? "" } };
      case "STORAGE_POOL_GET_XML_DESC": {
        const [title, { path, type = "dir" }] = poolOf(pool);
        return { xml: `<pool type='${type}'><name>${title}</name><target><path>${path}</path></target></pool>` };
      }
      case "STORAGE_POOL_DEFINE_XML": {
        const { name: title, uuid: id, path } = readPool(xml);
        pools[title] = { uuid: id, path, active: false, autostart: false };
        return { pool: { name: title, uuid: id } };
      }
      case "STORAGE_POOL_IS_ACTIVE":
        return { active: poolOf(pool)[1].active };
      case "STORAGE_POOL_CREATE":
        if (!directories.includes(poolOf(pool)[1].path)) refuse(codes.system, "cannot open directory", 2);
        poolOf(pool)[1].active = true;
        return undefined;
      case "STORAGE_POOL_BUILD":
        if (!directories.includes(poolOf(pool)[1].path)) directories.push(poolOf(pool)[1].path);
        return undefined;
      case "STORAGE_POOL_DESTROY":
        if (!poolOf(pool)[1].active) refuse(codes.invalid, "not active");
        poolOf(pool)[1].active = false;
        return undefined;
      case "STORAGE_POOL_DELETE": {
        const { path } = poolOf(pool)[1];
        if (Object.keys(volumes).some((one) => one.startsWith(`${path}/`))) refuse(codes.system, "not empty", 39);
        if (!directories.includes(path)) refuse(codes.system, "no such directory", 2);
        directories.splice(directories.indexOf(path), 1);
        return undefined;
      }
      case "STORAGE_POOL_UNDEFINE":
        Reflect.deleteProperty(pools, poolOf(pool)[0]);
        return undefined;
      case "STORAGE_POOL_SET_AUTOSTART":
        poolOf(pool)[1].autostart = true;
        return undefined;
      case "STORAGE_POOL_REFRESH":
        return undefined;
      case "STORAGE_POOL_LIST_ALL_VOLUMES": {
        const { path, active } = poolOf(pool)[1];
        if (!active) refuse(codes.invalid, "not active");
        return {
          volumes: Object.keys(volumes)
            .filter((one) => one.startsWith(`${path}/`))
            .map(refOf),
        };
      }
      case "STORAGE_VOL_LOOKUP_BY_NAME":
        return { volume: refOf(`${poolOf(pool)[1].path}/${name}`) };
      case "STORAGE_VOL_LOOKUP_BY_KEY":
        return { volume: refOf(key) };
      case "STORAGE_VOL_GET_XML_DESC":
        return { xml: volumes[refOf(volume.key).key] };
      case "STORAGE_VOL_CREATE_XML": {
        const path = `${poolOf(pool)[1].path}/${readVolume(xml).name}`;
        if (poolOf(pool)[1].type === "logical" && readVolume(xml).capacity === 0) refuse(codes.invalid, "no size");
        if (path in volumes) refuse(codes.exists, "storage vol already exists");
        volumes[path] = volumeAt(path, xml);
        return { volume: refOf(path) };
      }
      case "STORAGE_VOL_DELETE":
        Reflect.deleteProperty(volumes, refOf(volume.key).key);
        return undefined;
      default:
        throw new Error(`the daemon of the test has no ${procedure}`);
    }
  }
}
