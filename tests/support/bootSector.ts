/** A guest that needs no operating system: a boot sector that halts, and so uses next to nothing of the host. */
export function haltingImage(): Buffer {
  return image([0xfa, 0xf4, 0xeb, 0xfc]);
}

/** One that jumps to itself, and so uses all that it may. */
export function spinningImage(): Buffer {
  return image([0xeb, 0xfe]);
}

/** One that prints the alphabet on its serial console, line after line, as fast as it may and without end. */
export function printingImage(): Buffer {
  const write = 0xee;
  return image([
    ...[0xba, 0xf8, 0x03], // dx: the first serial port
    ...[0xb0, 0x40, 0xfe, 0xc0, write, 0x3c, 0x5a, 0x75, 0xf9], // A to Z
    ...[0xb0, 0x0a, write, 0xeb, 0xf2], // a line feed, and again
  ]);
}

function image(code: number[]): Buffer {
  const bytes = Buffer.alloc(1024 * 1024);
  bytes.set(code, 0);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}
