import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashOf } from '../../../activities/content-hash.ts'
import { parseConfig, readProjectFile } from '../../../cli/config-file.ts'

const problems = (text: string): string[] => {
  const reading = parseConfig(text)
  return reading.ok ? [] : reading.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)
}

describe('checking understudy.yaml', () => {
  it('reports every problem at once, each with the line it stands on', () => {
    const found = problems(`project: Blood Cells
classes:
  - name: rbc
  - name: wbc
    colour: red
student:
  epochs: many
  image_size: 640

gate:
  margin: 2
`)
    expect(found.map((line) => line.split(':')[0])).toEqual([
      '1 project',
      '5 classes[1].colour',
      '7 student.epochs',
      '8 student.image_size',
      '11 gate.margin',
    ])
    expect(found[0]).toContain('got "Blood Cells"')
    expect(found[1]).toContain('not known')
  })

  it('puts a missing value where its parent stands', () => {
    expect(problems('\nproject: blood\nclasses:\n  - name: rbc\n  - description: no name\n')).toEqual([
      '5 classes[1].name: missing',
    ])
    expect(problems('project: blood\n')).toEqual(['1 classes: missing'])
    expect(problems('')).toEqual(['1 project: missing', '1 classes: missing'])
  })

  it('finds a class that is named twice', () => {
    expect(problems('project: blood\nclasses:\n  - name: rbc\n  - name: wbc\n    aliases: [RBC]\n')).toEqual([
      expect.stringMatching(/^4 classes\[1\]: "rbc" also names another class/),
    ])
  })

  it('finds a class that is named twice and an unknown time zone beside other mistakes', () => {
    const found = problems(
      'project: Blood Cells\nclasses: [{name: rbc}, {name: RBC}]\nnight:\n  timezone: Mars/Olympus\nteacher:\n  model: ""\n',
    )
    expect(found).toHaveLength(4)
    expect(found[0]).toMatch(/^1 project: /)
    expect(found[1]).toMatch(/^2 classes\[1\]: "rbc" also names another class/)
    expect(found[2]).toMatch(/^4 night\.timezone: an IANA name/)
    expect(found[3]).toMatch(/^6 teacher\.model: /)
  })

  it('reports broken YAML and repeated keys with their lines', () => {
    expect(problems('project: blood\nclasses: [a\n')[0]).toMatch(/^[23] : /)
    expect(problems('project: blood\nproject: again\nclasses:\n  - name: a\n')[0]).toMatch(/^2 : .*unique/)
  })

  it('takes a file that is no mapping for what it is', () => {
    expect(problems('- a\n- b\n')).toHaveLength(1)
  })
})

describe('reading a project', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-config-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('hashes what is meant and not how it is written', async () => {
    await writeFile(join(folder, 'understudy.yaml'), 'project: blood\nclasses:\n  - name: rbc\n')
    const first = await readProjectFile(folder)
    expect(first.configHash).toBe(hashOf(first.config))
    const other = '# a comment\nclasses: [{ name: rbc, aliases: [] }]\nproject: "blood"\n'
    await writeFile(join(folder, 'understudy.yaml'), other)
    expect((await readProjectFile(folder)).configHash).toBe(first.configHash)
    await writeFile(join(folder, 'understudy.yaml'), `${other}gate: { minImages: 10 }\n`)
    expect((await readProjectFile(folder)).configHash).not.toBe(first.configHash)
  })

  it('says how to start when there is no project', async () => {
    await expect(readProjectFile(folder)).rejects.toMatchObject({
      code: 'BadConfig',
      fix: expect.stringContaining('understudy init'),
    })
  })

  it('names the file and the line of every problem in its error', async () => {
    await writeFile(join(folder, 'understudy.yaml'), 'project: x\nclasses: []\n')
    await expect(readProjectFile(folder)).rejects.toMatchObject({
      code: 'BadConfig',
      what: expect.stringContaining('2 problems'),
      why: expect.stringMatching(/understudy\.yaml:1 {2}project: .*\nunderstudy\.yaml:2 {2}classes: /),
    })
  })
})
