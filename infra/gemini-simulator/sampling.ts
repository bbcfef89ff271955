/** Numbers in [0, 1), from `domain/seeded-random.ts`. */
export type Random = () => number

/** Standard normal (Box and Muller 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  return radius * Math.cos(2 * Math.PI * random())
}

/** Gamma with mean 1 and a shape of at least 1 (Marsaglia and Tsang 2000): the smaller the shape, the wider. */
export function gammaOfMeanOne(random: Random, shape: number): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / shape
  }
}

/** Number of events of which `mean` are expected (Knuth). */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count += 1
  return count
}

/** One of the values, all equally likely; null when there is none. */
export const pick = <T>(random: Random, values: readonly T[]): T | null =>
  values[Math.floor(random() * values.length)] ?? null
