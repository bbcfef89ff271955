const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to))

const signatures: readonly (readonly [format: string, matches: (bytes: Uint8Array) => boolean])[] = [
  ['png', (b) => ascii(b, 1, 4) === 'PNG'],
  ['jpeg', (b) => b[0] === 0xff && b[1] === 0xd8 && b[2] === 0xff],
  ['webp', (b) => ascii(b, 0, 4) === 'RIFF' && ascii(b, 8, 12) === 'WEBP'],
  ['gif', (b) => ascii(b, 0, 4) === 'GIF8'],
  ['bmp', (b) => ascii(b, 0, 2) === 'BM'],
  ['tiff', (b) => ascii(b, 0, 4) === 'II*\0' || ascii(b, 0, 4) === 'MM\0*'],
  ['avif', (b) => ascii(b, 4, 8) === 'ftyp' && ascii(b, 8, 12).startsWith('avi')],
  ['heic', (b) => ascii(b, 4, 8) === 'ftyp' && /^(hei|hev|mif|msf)/.test(ascii(b, 8, 12))],
]

/** What a file says it is by its first bytes; null when nothing known. Tells a broken picture from a format we do not take. */
export const sniffFormat = (bytes: Uint8Array): string | null =>
  signatures.find(([, matches]) => matches(bytes))?.[0] ?? null
