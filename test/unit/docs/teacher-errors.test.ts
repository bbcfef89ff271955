import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { errorCodes } from '../../../domain/contracts/error-codes.ts'
import { faultKinds } from '../../../infra/gemini-simulator/fault-script.ts'

const root = new URL('../../../', import.meta.url)
const page = await readFile(new URL('docs/teacher-errors.md', root), 'utf8')

/** The names in code marks in the first cells of the tables under a heading. */
function firstCells(heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`no heading ${heading}`)
  const cells = section.split('\n').flatMap((line) => /^\| (`.*?`) \|/.exec(line)?.[1] ?? [])
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

test('every code with which the teacher can fail stands in the table, and no other', () => {
  const codes = errorCodes.filter((code) => code.startsWith('Teacher'))
  expect(firstCells('Codes').sort()).toEqual([...codes].sort())
})

test('every fault that the simulator plays has an outcome, and no other has', () => {
  const told = [
    'Faults of a call',
    'Faults of an answer',
    'Faults of a batch job',
    'Faults of an upload',
  ].flatMap(firstCells)
  expect(told.sort()).toEqual([...faultKinds].sort())
})

test('every fault is played through the real SDK by some test', async () => {
  const folder = new URL('test/integration/gemini/', root)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'))
  const texts = await Promise.all(files.map(async (name) => readFile(new URL(name, folder), 'utf8')))
  const untested = faultKinds.filter((kind) => !texts.some((text) => text.includes(`'${kind}'`)))
  expect(untested).toEqual([])
})

test('every code of the page is one that the product knows', () => {
  const named = new Set([...page.matchAll(/`(Teacher[A-Za-z]+)`/g)].map(([, code = '']) => code))
  expect([...named].filter((code) => !errorCodes.some((known) => known === code))).toEqual([])
})
