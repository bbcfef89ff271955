import { expect, test } from 'vitest'
import { promptRecordOf, teacherPromptOf } from '../../../activities/teacher-prompt.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'

const google = { vendor: 'gemini', endpoint: 'google' } as const
const base = {
  project: 'cells',
  classes: [
    { name: 'RBC', description: 'red, no nucleus', aliases: ['erythrocyte'] },
    { name: 'WBC', description: 'large, dark nucleus' },
  ],
}
const config = (change: Record<string, unknown> = {}) => ProjectConfig.parse({ ...base, ...change })
const versionOf = (change: Record<string, unknown> = {}) =>
  promptRecordOf(config(change), google).promptVersion
const [red, white] = base.classes

test.each([
  ['the aliases', { classes: [{ ...red, aliases: ['erythrocyte', 'red cell'] }, white] }],
  ['the price', { teacher: { price: { input: 9, output: 9 } } }],
  ['the rate', { teacher: { requestsPerMinute: 5 } }],
  ['the output limit', { teacher: { maxOutputTokens: 4096 } }],
  ['the budget', { budget: { perCycleUsd: 3 } }],
  ['the name of the project', { project: 'other' }],
])('changing %s keeps the prompt version: nothing is paid for anew', (_, change) => {
  expect(versionOf(change)).toBe(versionOf())
})

test.each([
  ['a description', { classes: [{ ...red, description: 'red and round' }, white] }],
  ['a class name', { classes: [{ ...red, name: 'Red' }, white] }],
  ['the order of the classes', { classes: [white, red] }],
  ['a class more', { classes: [red, white, { name: 'Platelets' }] }],
  ['the instruction', { teacher: { instruction: 'Ignore the border.' } }],
  ['the model', { teacher: { model: 'gemini-3.5-flash-lite' } }],
  ['the thinking', { teacher: { thinking: 'high' } }],
  ['the image size', { teacher: { imageSize: 1024 } }],
])('changing %s makes a new prompt version', (_, change) => {
  expect(versionOf(change)).not.toBe(versionOf())
})

test('a simulated, a real and another endpoint never share drafts', () => {
  const versions = (['google', 'simulated', 'custom'] as const).map(
    (endpoint) => promptRecordOf(config(), { vendor: 'gemini', endpoint }).promptVersion,
  )
  expect(new Set(versions).size).toBe(3)
})

test('a release that changes the prompt text or the schema, so that all is paid for anew, is noticed', () => {
  expect(versionOf()).toBe('8b22700befd21bdf54a600e683cbbf55000eeb3b1cf894c746dfde7dc3622a37')
})

test('the prompt names the classes with their descriptions and not their aliases', () => {
  const { text, classes } = teacherPromptOf(config({ teacher: { instruction: '  Ignore the border. ' } }))
  expect(classes).toEqual(['RBC', 'WBC'])
  expect(text).toContain('- RBC: red, no nucleus')
  expect(text).toMatch(/Ignore the border\.$/)
  expect(text).not.toContain('erythrocyte')
})
