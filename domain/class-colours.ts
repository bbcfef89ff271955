/** Twelve colours that stay apart on screen and on tinted photographs, as `#rrggbb`; the first eight are the strongest. */
const palette = [
  '#e6194b',
  '#0082c8',
  '#3cb44b',
  '#f58231',
  '#911eb4',
  '#46f0f0',
  '#ffd000',
  '#f032e6',
  '#aa6e28',
  '#008080',
  '#808000',
  '#000080',
] as const

const goldenAngle = 137.508

const channel = (value: number): string =>
  Math.round(value * 255)
    .toString(16)
    .padStart(2, '0')

/** HSL (degrees, 0-1, 0-1) to `#rrggbb`: the CSS Color 4 formula. */
function hslToHex(hue: number, saturation: number, lightness: number): string {
  const amplitude = saturation * Math.min(lightness, 1 - lightness)
  const at = (offset: number): string => {
    const turn = (offset + hue / 30) % 12
    return channel(lightness - amplitude * Math.max(-1, Math.min(turn - 3, 9 - turn, 1)))
  }
  return `#${at(0)}${at(8)}${at(4)}`
}

/** The colour of the class at `index` in the config, the same wherever boxes are drawn. Beyond the palette, hues by the golden angle. */
export function classColour(index: number): string {
  const named = palette[index]
  if (named !== undefined) return named
  const lightness = [0.35, 0.5, 0.65][index % 3] ?? 0.5
  return hslToHex((index * goldenAngle) % 360, 0.75, lightness)
}
