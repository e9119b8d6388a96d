import { z } from "zod";

const address = z
  .string()
  .regex(/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/, 'is no address; write "192.0.2.1"');
const device = z.string().regex(/^[a-zA-Z][\w.-]{0,14}$/, "is no network device's name (at most 15 characters)");

export const overlayInputs = z.strictObject({
  /** libvirt URI of the host, by ssh. */
  uri: z.string(),
  device,
  bridge: device,
  vni: z
    .number()
    .int()
    .min(1)
    .max(2 ** 24 - 1),
  mtu: z.number().int().min(576).max(9000),
  local: address,
  peers: z.array(address),
  networkId: z.string().optional(),
});

export type OverlayInputs = z.infer<typeof overlayInputs>;
