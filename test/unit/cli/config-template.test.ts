import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseConfig } from '../../../cli/config-file.ts'
import { configTemplate } from '../../../cli/config-template.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'

const given = { project: 'street-2', classes: ['car', 'yes', 'a: b', "d'or", '#1', 'été'] }

/** `split.val` and so on, of every value that is no object. */
const leaves = (value: unknown, path: string): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, entry]) => leaves(entry, `${path}.${key}`))
    : [path]

describe('the understudy.yaml that init writes', () => {
  it('means exactly what a file with nothing but project and classes means', () => {
    const reading = parseConfig(configTemplate(given))
    const expected = ProjectConfig.parse({
      project: given.project,
      classes: given.classes.map((name) => ({ name })),
    })
    expect(reading).toEqual({ ok: true, config: expected })
  })

  it('asks for outlines where that is the task', () => {
    expect(parseConfig(configTemplate({ ...given, task: 'segment' }))).toMatchObject({
      ok: true,
      config: { task: 'segment' },
    })
  })

  it('shows every value there is', () => {
    const shown: unknown = parse(configTemplate(given))
    expect(leaves(shown, '').sort()).toEqual(leaves(ProjectConfig.parse(shown), '').sort())
  })

  it('explains every section', () => {
    const lines = configTemplate(given).split('\n')
    for (const section of ['teacher', 'budget', 'split', 'student', 'night', 'gate']) {
      expect(lines[lines.indexOf(`${section}:`) - 1]).toMatch(/^# /)
    }
  })
})
