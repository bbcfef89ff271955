import { short } from '../contracts/workflow-ids.ts'
import { html, nothing, type Markup } from './html.ts'
import type { PromptInUse } from './report-data.ts'

/** The whole instruction stands in the store; a page shows how it begins. */
const longestExcerpt = 280

/** Which prompt version drafts, and where its figures are. */
export function promptInUse(prompt: PromptInUse | null, hasFigures: boolean): Markup {
  if (prompt === null) return nothing
  const { promptVersion, model, thinking, instruction, classes, samples } = prompt
  const words = instruction.replaceAll(/\s+/g, ' ').trim()
  const excerpt = words.length > longestExcerpt ? `${words.slice(0, longestExcerpt - 1)}…` : words
  const described = classes
    .map(({ name, description }) => (description === '' ? name : `${name} (${description})`))
    .join('; ')
  return html`<h2 id="prompt">The prompt in use</h2>
    <p>
      <code>${short(promptVersion)}</code>: ${model}, thinking
      ${thinking}${samples > 1 ? `, each question ${samples} times` : ''}.
      ${hasFigures ? html`<a href="#figures">How well it drafts</a>.` : nothing}
    </p>
    ${excerpt === '' ? nothing : html`<p>“${excerpt}”</p>`}
    <p class="soft">
      ${described}. Score other words on the same reviewed images before switching:
      <code>understudy prompts compare</code>.
    </p>`
}
