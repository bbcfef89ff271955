/** What every PNG begins with (PNG specification, 5.2); chunks follow: length, type, data, checksum. */
const signatureLength = 8
const chunkOverhead = 12
const lastChunk = 'IEND'

/**
 * The pictures of a stream of PNG files one after the other, as ffmpeg's `image2pipe` writes them. A picture that the
 * stream ends in is left out.
 */
export async function* splitPngs(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let have = 0
  // The next chunk of the current picture begins here: what lies before is not looked at again.
  let next = signatureLength
  for await (const part of stream) {
    parts.push(part)
    have += part.length
    if (have < next + signatureLength) continue
    let bytes = Buffer.concat(parts)
    while (bytes.length >= next + signatureLength) {
      const type = bytes.toString('latin1', next + 4, next + 8)
      const end = next + chunkOverhead + bytes.readUInt32BE(next)
      if (type === lastChunk && bytes.length < end) break
      next = end
      if (type !== lastChunk) continue
      yield bytes.subarray(0, end)
      bytes = bytes.subarray(end)
      next = signatureLength
    }
    parts = [bytes]
    have = bytes.length
  }
}
