/** Values of the output tensor that holds the boxes, row by row. */
export interface HeadOutput {
  readonly values: Float32Array
  /** Second and third dimension; the first is one image. */
  readonly rows: number
  readonly columns: number
}

/** Pictures that the masks are mixed from, [1, count, height, width]: a coarse grid over the whole input. */
export interface MaskPrototypes {
  readonly values: Float32Array
  readonly count: number
  readonly width: number
  readonly height: number
}

/** What a model answers for one image. */
export interface ModelOutput {
  readonly head: HeadOutput
  /** Null: it knows boxes only. */
  readonly prototypes: MaskPrototypes | null
}
