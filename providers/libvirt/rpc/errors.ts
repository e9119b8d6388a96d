import { ProviderError } from "../../kit/plain/errors.ts";
import type { RemoteError } from "./procedures.ts";

/** The error numbers of libvirt/virterror.h that this plugin tells apart. */
export const errorCodes = {
  /** The driver has no such call. */
  noSupport: 3,
  operationFailed: 9,
  noDomain: 42,
  noNetwork: 43,
  noStoragePool: 49,
  /** A call of the operating system's failed. */
  systemError: 38,
  noStorageVolume: 50,
  /** The object is in a state in which that can't be done, such as starting what runs. */
  operationInvalid: 55,
  operationTimeout: 68,
  operationUnsupported: 84,
  storageVolumeExists: 90,
} as const;

/** A call that libvirt refused, with libvirt's own number and sentence. */
export class LibvirtError extends ProviderError {
  override name = "LibvirtError";
  readonly code: number;
  /** The error number of the operating system, where it is one of its errors. */
  readonly errno: number;

  constructor(error: RemoteError, procedure: string, where: string) {
    super(`${where}: ${error.message ?? "no message"} (${procedure}, libvirt error ${error.code})`);
    this.code = error.code;
    this.errno = error.code === errorCodes.systemError ? error.int1 : 0;
  }
}

/** No daemon answers, or none any more: then it is not known whether it did what it was asked for. */
export class Unreachable extends ProviderError {
  override name = "Unreachable";
}

/** True for an error of libvirt with one of these codes, or, without codes, for any. */
export function isLibvirtError(error: unknown, ...codes: number[]): error is LibvirtError {
  return error instanceof LibvirtError && (codes.length === 0 || codes.includes(error.code));
}

/** The result, or undefined where libvirt says that there is no such thing. */
export async function ifExists<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const { noDomain, noNetwork, noStoragePool, noStorageVolume } = errorCodes;
    if (isLibvirtError(error, noDomain, noNetwork, noStoragePool, noStorageVolume)) return undefined;
    throw error;
  }
}
