/** Markup that is safe to put into a page. */
export interface Markup {
  readonly markup: string
}

type Piece = string | number | Markup | readonly Markup[]

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')

function render(piece: Piece): string {
  if (typeof piece === 'number') return String(piece)
  if (typeof piece === 'string') return escape(piece)
  return 'markup' in piece ? piece.markup : piece.map(({ markup }) => markup).join('')
}

/** Template tag: everything put in is escaped, unless it is markup already. Labels and file names come from strangers. */
export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup => ({
  markup: strings.reduce((page, text, index) => page + render(pieces[index - 1] ?? '') + text),
})

export const nothing: Markup = { markup: '' }
