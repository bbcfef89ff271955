/** How wrong the simulated teacher is on an image of average hardness. Chances are 0 to 1. Explained in docs/simulator.md. */
export interface ErrorProfile {
  /** Chance that an object is not drawn, by the side of its box against the image's: below 0.1, below 0.25, above. */
  readonly missed: { readonly small: number; readonly medium: number; readonly large: number }
  /** Standard deviation of each edge, in sides of the box; `looseShare` of the boxes have `loose` instead. */
  readonly jitter: { readonly usual: number; readonly loose: number; readonly looseShare: number }
  /** Chance of the wrong class for an object that looks just like the other class; falls with the difference in size. */
  readonly swapped: number
  /** Expected number of boxes around nothing, an image. */
  readonly invented: number
  /** Chance that an object gets a second, looser box. */
  readonly duplicated: number
  /** Chance that two touching objects of one class get one box together. */
  readonly grouped: number
  /** Shape of the Gamma (mean 1) that each image's chances are multiplied by: errors come in clusters. */
  readonly hardnessShape: number
}

const average: ErrorProfile = {
  missed: { small: 0.4, medium: 0.18, large: 0.08 },
  jitter: { usual: 0.04, loose: 0.18, looseShare: 0.15 },
  swapped: 0.08,
  invented: 0.25,
  duplicated: 0.03,
  grouped: 0.03,
  hardnessShape: 1.2,
}

const scaled = (by: number): ErrorProfile => ({
  missed: {
    small: average.missed.small * by,
    medium: average.missed.medium * by,
    large: average.missed.large * by,
  },
  jitter: { ...average.jitter, looseShare: average.jitter.looseShare * by },
  swapped: average.swapped * by,
  invented: average.invented * by,
  duplicated: average.duplicated * by,
  grouped: average.grouped * by,
  hardnessShape: average.hardnessShape,
})

/** `none` answers with the published labels, rounded to Gemini's integers. */
export const profiles = {
  none: { ...scaled(0), jitter: { usual: 0, loose: 0, looseShare: 0 } },
  light: scaled(0.4),
  default: average,
  heavy: scaled(1.6),
} as const satisfies Record<string, ErrorProfile>

export type ProfileName = keyof typeof profiles

export const isProfileName = (name: string): name is ProfileName => Object.hasOwn(profiles, name)
