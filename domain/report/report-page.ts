import { countsInWords } from '../counts-in-words.ts'
import { confidenceChart } from './confidence-chart.ts'
import { confusionTables } from './confusion-table.ts'
import { editTables } from './edit-tables.ts'
import { byClass, historyTable, sideBySide } from './figures.ts'
import { gallery } from './gallery.ts'
import { promptInUse } from './prompt-in-use.ts'
import { spendInWords } from './spend-in-words.ts'
import { html, nothing, type Markup } from './html.ts'
import type { ReportData } from './report-data.ts'
import { sizeTable } from './size-table.ts'
import { reportStyle } from './style.ts'

function verdictCard({ gate, story }: ReportData): Markup {
  if (gate === null) {
    const why = story.find(({ phase }) => phase === 'dataset')?.note ?? ''
    return html`<div class="card kept">
      <b>No model was judged in this cycle.</b>
      <p>${why}</p>
    </div>`
  }
  const title = gate.promoted ? 'The new student is the champion' : 'The champion stays'
  const comparisons = gate.comparisons ?? 0
  const groups = gate.groups ?? gate.images
  const basis = `${gate.images} test images in ${groups} groups, compared ${comparisons === 1 ? 'once' : `${comparisons} times`} so far`
  return html`<div class="card${gate.promoted ? '' : ' kept'}">
    <b>${title}</b> (${gate.verdict})
    <p>${gate.words}</p>
    ${comparisons === 0 ? nothing : html`<p class="soft">${basis}.</p>`}
  </div>`
}

function notices({ simulated, standIn }: ReportData): Markup {
  const parts = [
    simulated
      ? html`<p>
          <b>Simulated teacher.</b> The drafts come from a simulator with a made-up error profile, not from
          Gemini; its spend is made up too.
        </p>`
      : nothing,
    standIn
      ? html`<p>
          <b>Stand-in reviewer.</b> The reviews are the published labels of the data set, submitted through
          Label Studio by a program, not by people.
        </p>`
      : nothing,
  ]
  return simulated || standIn ? html`<div class="notice">${parts}</div>` : nothing
}

const facts = ({ counts, spend }: ReportData): Markup =>
  html`<ul class="facts">
    ${counts.map(([label, count]) => html`<li><b>${count}</b>${label}</li>`)}
    <li><b>${spendInWords(spend)}</b>in ${spend.calls} calls, ${spend.tokens} tokens</li>
  </ul>`

function differences({ comparison, gallery: tiles, simulated }: ReportData): Markup {
  const summary =
    comparison === null
      ? nothing
      : html`<p>
          ${comparison.imagesWithDisagreement} of ${comparison.images} images differ:
          ${countsInWords(comparison.byKind)}. Agreement is not truth: only the random audit measures quality.
        </p>`
  return html`<h2>Where teacher and student disagree most</h2>
    ${summary}${gallery(tiles, teacherName(simulated))}`
}

const mistakes = ({ reviewed, simulated }: ReportData): Markup =>
  reviewed.length === 0
    ? nothing
    : html`<h2>The student's worst test images</h2>
        <p>Reviewed images the student never trained on: teacher, student and person together.</p>
        ${gallery(reviewed, teacherName(simulated))}`

const teacherName = (simulated: boolean): string => (simulated ? 'simulated teacher' : 'teacher (Gemini)')

/** The report of a cycle as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
export function reportPage(data: ReportData): string {
  const { project, cycle, mode, startedAt, evaluation, before, history, provenance, story } = data
  const title = `${project}, cycle ${cycle}`
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · understudy</title>
        <style>
          ${{ markup: reportStyle }}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p class="soft">${mode} cycle, started ${startedAt.slice(0, 16).replace('T', ' ')} UTC</p>
        ${notices(data)}${verdictCard(data)}${facts(data)}
        ${promptInUse(data.prompt, evaluation !== null && evaluation.teacher !== null)}
        <h2 id="figures">Student and teacher on the same images</h2>
        ${
          evaluation === null
            ? html`<p class="soft">No model was evaluated in this cycle.</p>`
            : html`${sideBySide(evaluation)}
                <h2>By class</h2>
                ${byClass(evaluation, before)} ${sizeTable(evaluation)} ${confidenceChart(evaluation)}
                ${confusionTables(evaluation)} ${editTables(evaluation)}`
        }
        <h2>What happened</h2>
        <div class="scroll">
          <table>
            ${story.map(
              ({ phase, note }) =>
                html`<tr>
                  <td>${phase}</td>
                  <td>${note}</td>
                </tr>`,
            )}
          </table>
        </div>
        <h2>Cycles so far</h2>
        ${historyTable(history)} ${differences(data)}${mistakes(data)}
        <h2>Where this comes from</h2>
        <div class="scroll">
          <table>
            ${provenance.map(
              ([label, value]) =>
                html`<tr>
                  <td>${label}</td>
                  <td><code>${value}</code></td>
                </tr>`,
            )}
          </table>
        </div>
      </body>
    </html> `
  return page.markup
}
