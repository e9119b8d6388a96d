import { createPrivateKey, createPublicKey, hkdfSync, randomBytes } from "node:crypto";

/** What a stack keeps instead of a host key: each of its machines has a key of its own, drawn from it. */
const seedPrefix = "strata-host-key-seed:";
const keyType = "ssh-ed25519";
/** What comes before the 32 bytes of an Ed25519 private key in PKCS#8 (RFC 8410, section 7). */
const pkcs8Header = Buffer.from("302e020100300506032b657004220420", "hex");

/** A key pair in OpenSSH's text forms. */
export interface HostKey {
  publicKey: string;
  privateKey: string;
}

/** 256 random bits to draw host keys from. */
export function newHostKeySeed(): string {
  return `${seedPrefix}${randomBytes(32).toString("base64")}`;
}

/**
 * The key that one machine shows, always the same for the same seed and name, so that a machine made again is known. Drawn
 * by HKDF (RFC 5869) with SHA-256: who has the key of one machine learns nothing of another's.
 *
 * @returns undefined for what is not a seed: the one host key that all machines of an older stack share.
 */
export function hostKeyOf(seed: string, machine: string): HostKey | undefined {
  if (!seed.startsWith(seedPrefix)) return undefined;
  const random = Buffer.from(seed.slice(seedPrefix.length), "base64");
  const secret = Buffer.from(hkdfSync("sha256", random, "", `ssh host key of ${machine}`, 32));
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Header, secret]), format: "der", type: "pkcs8" });
  const point = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url");
  const publicBlob = Buffer.concat([field(keyType), field(point)]);
  return {
    publicKey: `${keyType} ${publicBlob.toString("base64")} ${machine}`,
    privateKey: privateKeyFile(publicBlob, point, secret, machine),
  };
}

/** OpenSSH's own format, without a passphrase (PROTOCOL.key in OpenSSH's sources): older servers read Ed25519 in no other. */
function privateKeyFile(publicBlob: Buffer, point: Buffer, secret: Buffer, comment: string): string {
  // Twice the same number shows a reader that the passphrase was right; there is none.
  const check = Buffer.alloc(8);
  const pair = [field(keyType), field(point), field(Buffer.concat([secret, point])), field(comment)];
  const open = Buffer.concat([check, ...pair]);
  const padding = Buffer.from(Array.from({ length: -open.length & 7 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const noCipher = [field("none"), field("none"), field("")];
  const closed = field(Buffer.concat([open, padding]));
  const all = Buffer.concat([Buffer.from("openssh-key-v1\0"), ...noCipher, one, field(publicBlob), closed]);
  const lines = all.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** A string of the ssh protocol: its length in four bytes, then itself (RFC 4251, section 5). */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
