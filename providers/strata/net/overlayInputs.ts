import { z } from "zod";

const address = z
  .string()
  .regex(/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/, 'is no address; write "192.0.2.1"');
const device = z.string().regex(/^[a-zA-Z][\w.-]{0,14}$/, "is no network device's name (at most 15 characters)");

export const overlayInputs = z.strictObject({
  uri: z
    .string()
    .describe(
      "libvirt URI of the host, by ssh: qemu+ssh://root@lab1/system. Its user is root or may use sudo " +
        "without a password.",
    ),
  device: device.describe("Name of the VXLAN device; at most 15 characters."),
  bridge: device.describe("Bridge of the machines' network on that host."),
  vni: z
    .number()
    .int()
    .min(1)
    .max(2 ** 24 - 1)
    .describe("Number of the network that the hosts share, 1 to 2^24 - 1; the same on all of them."),
  mtu: z.number().int().min(576).max(9000).describe("Largest packet that the machines send, in bytes."),
  local: address.describe("The host's own address, to which the others send."),
  peers: z.array(address).describe("The other hosts' addresses."),
  networkId: z
    .string()
    .optional()
    .describe("Identity of the machines' network: when it changes, the device is put into the new one's bridge."),
  owner: z
    .string()
    .regex(/^[\w.@-][\w.@ -]{0,199}$/, "marks a network device; write letters, digits, blanks, and . - @ _")
    .optional()
    .describe(
      "What the device is marked with (its alias); one with another mark, or none, is somebody else's, and left alone.",
    ),
});

export type OverlayInputs = z.infer<typeof overlayInputs>;
