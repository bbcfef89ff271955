import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePythonLiteral } from '../../../../domain/inference/python-literal.ts'

describe('parsePythonLiteral', () => {
  it.each([
    ['a dictionary of names', "{0: 'RBC', 1: 'WBC'}", { '0': 'RBC', '1': 'WBC' }],
    ['a name with an apostrophe', `{0: "dog's", 1: 'a "b"'}`, { '0': "dog's", '1': 'a "b"' }],
    ['escaped quotes and a backslash', String.raw`'it\'s \"\\ here'`, 'it\'s "\\ here'],
    ['escaped characters', String.raw`'\n\t\xe9\u00e9\U0001f600'`, '\n\téé😀'],
    ['characters as they are', "'Blutplättchen 血'", 'Blutplättchen 血'],
    [
      'arguments',
      "{'data': None, 'nms': True, 'half': False, 'lr': -1.5e-3}",
      { data: null, nms: true, half: false, lr: -0.0015 },
    ],
    ['a list', '[256, 256]', [256, 256]],
    ['a tuple with a last comma', '(1, 2,)', [1, 2]],
    ['empty ones', '[[], {}, ()]', [[], {}, []]],
    ['JSON', '{"0": "cat", "ok": true, "none": null}', { '0': 'cat', ok: true, none: null }],
    ['blanks anywhere', " { 'a' : [ 1 , 2 ] } ", { a: [1, 2] }],
  ])('reads %s', (_, text, value) => {
    expect(parsePythonLiteral(text)).toEqual(value)
  })

  it.each(['', '{', "{0 'a'}", "'open", '[1 2]', 'name', "{0: 'a'} x", '{[1]: 2}', 'import os'])(
    'refuses %j and says where',
    (text) => {
      expect(() => parsePythonLiteral(text)).toThrow(/Expected .+ at character \d+/)
    },
  )

  it('reads back any list of names that Python could have written', () => {
    const repr = (name: string): string =>
      `'${name
        .replaceAll('\\', '\\\\')
        .replaceAll("'", String.raw`\'`)
        .replaceAll('\n', String.raw`\n`)}'`
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (names) => {
        const text = `{${names.map((name, index) => `${index}: ${repr(name)}`).join(', ')}}`
        expect(parsePythonLiteral(text)).toEqual(Object.fromEntries(names.entries()))
      }),
    )
  })
})
