import { z } from "zod";

/** These go into an ssh configuration file, where a blank or a quote would mean something else. */
const word = z.string().regex(/^[^\s"'\\#]+$/, "must not hold blanks, quotes or #");

const endpoint = {
  host: word,
  port: z.number().int().min(1).max(65535).optional(),
  user: word.optional(),
  privateKey: z.string().optional(),
  hostKey: z.string().optional(),
  agentSocketPath: word.optional(),
  dialErrorLimit: z.number().int().min(-1).optional(),
  perDialTimeout: z.number().positive().optional(),
};

const noProxyPassword = z
  .never({ error: "only the official command plugin does this for a proxy; use a key without a password" })
  .optional();

/** How to reach a machine; the official plugin's shape. */
export const connection = z.strictObject({
  ...endpoint,
  password: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  proxy: z.strictObject({ ...endpoint, password: noProxyPassword, privateKeyPassword: noProxyPassword }).optional(),
});

export type Connection = z.infer<typeof connection>;

export type Endpoint = Omit<Connection, "password" | "privateKeyPassword" | "proxy">;

/** Failed attempts to connect that are put up with; -1: any number. */
export const defaultDialErrorLimit = 10;

/** Seconds that one attempt may take. */
export const defaultPerDialTimeout = 15;
