import { createHash } from "node:crypto";
import { checksums, pieceBytes } from "../../../../providers/libvirt/resources/checksums.ts";

test("a checksum for each piece, however the content is cut", async () => {
  const content = Buffer.alloc(2 * pieceBytes + 5, "strata");
  const expected = [0, 1, 2].map((index) =>
    createHash("sha256")
      .update(content.subarray(index * pieceBytes, (index + 1) * pieceBytes))
      .digest("hex"),
  );
  for (const size of [100_001, pieceBytes, content.length]) {
    const chunks = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < content.length; at += size) yield await Promise.resolve(content.subarray(at, at + size));
    };
    expect(await checksums(chunks())).toEqual(expected);
  }
});
