/** "12 ranked, 3 audit": counts by kind, most first, none of zero. */
export function countsInWords(counts: Readonly<Record<string, number | undefined>>): string {
  const entries = Object.entries(counts).filter(([, count]) => (count ?? 0) > 0)
  entries.sort(([a, m], [b, n]) => (n ?? 0) - (m ?? 0) || (a < b ? -1 : 1))
  return entries.length === 0 ? 'none' : entries.map(([kind, count]) => `${count} ${kind}`).join(', ')
}
