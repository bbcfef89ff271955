/** The demo as people run it, and the tests' version of it. */
export interface DemoSize {
  /** Pictures of the demo data that are ingested; null: all. */
  readonly images: number | null
  readonly config: Readonly<Record<string, unknown>>
}

/** All pictures; the student trains from scratch for a few minutes, as many epochs as 500 steps take. */
export const fullDemo: DemoSize = {
  images: null,
  config: {
    split: { val: 0.12, test: 0.25 },
    review: { firstBatch: 90, routedBatch: 36 },
    student: { architecture: 'tiny', imageSize: 256 },
    night: { minNewReviews: 10 },
    gate: { minImages: 50 },
  },
}

/** Every step on real parts in a minute or two; nothing worth the name is learnt. */
export const smallDemo: DemoSize = {
  images: 24,
  config: {
    split: { val: 0.25, test: 0.25 },
    review: { firstBatch: 8, routedBatch: 4 },
    student: { architecture: 'tiny', imageSize: 64, epochs: 2 },
    night: { minNewReviews: 1 },
    gate: { minImages: 2 },
  },
}

/** The same with `task: segment`. */
export const withOutlines = ({ images, config }: DemoSize): DemoSize => ({
  images,
  config: { task: 'segment', ...config },
})
