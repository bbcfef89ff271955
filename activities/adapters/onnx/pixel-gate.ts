/**
 * Lets so many pixels be worked on at once: pictures of any size in the order they came, and one that is larger than all
 * that is allowed by itself. A count of pictures would bound nothing: one panorama weighs as much as a hundred photographs.
 */
export class PixelGate {
  readonly #most: number
  #inside = 0
  readonly #waiting: { readonly pixels: number; readonly enter: () => void }[] = []

  constructor(most: number) {
    this.#most = most
  }

  async hold<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    const weight = Math.min(pixels, this.#most)
    if (this.#waiting.length > 0 || this.#inside + weight > this.#most) {
      await new Promise<void>((enter) => {
        this.#waiting.push({ pixels: weight, enter })
      })
    } else this.#inside += weight
    try {
      return await work()
    } finally {
      this.#inside -= weight
      this.#admit()
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#inside + next.pixels > this.#most) return
      this.#waiting.shift()
      this.#inside += next.pixels
      next.enter()
    }
  }
}
