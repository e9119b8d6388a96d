/** A guest that needs no operating system: a boot sector that halts, and so uses next to nothing of the host. */
export function haltingImage(): Buffer {
  return image([0xfa, 0xf4, 0xeb, 0xfc]);
}

/** One that jumps to itself, and so uses all that it may. */
export function spinningImage(): Buffer {
  return image([0xeb, 0xfe]);
}

function image(code: number[]): Buffer {
  const bytes = Buffer.alloc(1024 * 1024);
  bytes.set(code, 0);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}
