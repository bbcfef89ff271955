/** A class as the config names it. */
export interface ClassWords {
  readonly name: string
  /** Other words for it. */
  readonly aliases: readonly string[]
}

/** Finds the class that a word stands for. Never makes a new class. */
export interface ClassTable {
  /** Class names in the order of the config. */
  readonly names: readonly string[]
  /** The class's name as configured, or null when no class has this name or alias. */
  find(word: string): string | null
}

/** One spelling for words that a person would call the same: Unicode NFKC, case folded, runs of white space as one space. */
export const foldWord = (word: string): string =>
  word.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().replaceAll(/\s+/g, ' ').trim()

/** A name beats an alias; among aliases the first class in the config wins (the config's schema refuses such a clash). */
export function createClassTable(classes: readonly ClassWords[]): ClassTable {
  const byWord = new Map<string, string>()
  const add = (word: string, name: string): void => {
    const folded = foldWord(word)
    if (!byWord.has(folded)) byWord.set(folded, name)
  }
  for (const { name } of classes) add(name, name)
  for (const { name, aliases } of classes) for (const alias of aliases) add(alias, name)
  const names = classes.map(({ name }) => name)
  return {
    names,
    find: (word) => (names.includes(word) ? word : (byWord.get(foldWord(word)) ?? null)),
  }
}

/** Takes every word as a class of its own, spelled as it came first: for labels that nobody has listed beforehand. */
export function createOpenClassTable(): ClassTable {
  const byWord = new Map<string, string>()
  return {
    get names() {
      return [...byWord.values()]
    },
    find(word) {
      const folded = foldWord(word)
      const known = byWord.get(folded)
      if (known !== undefined || folded === '') return known ?? null
      const name = word.normalize('NFC').replaceAll(/\s+/g, ' ').trim()
      byWord.set(folded, name)
      return name
    },
  }
}
