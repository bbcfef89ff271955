import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createClassTable, foldWord } from '../../../domain/ontology.ts'

const table = createClassTable([
  { name: 'RBC', aliases: ['red blood cell', 'Erythrozyt'] },
  { name: 'WBC', aliases: ['ﬂeck'] },
  { name: 'Straße', aliases: [] },
])

test.each([
  ['the exact name', 'RBC', 'RBC'],
  ['another case', 'rbc', 'RBC'],
  ['an alias in another case', 'ERYTHROZYT', 'RBC'],
  ['an alias with other white space', ' red  blood\tcell ', 'RBC'],
  ['full-width letters', 'ＲＢＣ', 'RBC'],
  ['a ligature', 'fleck', 'WBC'],
  ['a letter that folds to two', 'STRASSE', 'Straße'],
  ['a plural nobody listed', 'RBCs', null],
  ['a stranger', 'platelet', null],
  ['nothing', '', null],
])('finds the class for %s', (_, word, name) => {
  expect(table.find(word)).toBe(name)
})

test('a name beats an alias of another class', () => {
  const clash = createClassTable([
    { name: 'cell', aliases: ['nucleus'] },
    { name: 'nucleus', aliases: [] },
  ])
  expect(clash.find('Nucleus')).toBe('nucleus')
})

test('never names a class that is not in the config', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (word) => {
      expect([...table.names, null]).toContain(table.find(word))
    }),
  )
})

test('folding a folded word changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (word) => {
      expect(foldWord(foldWord(word))).toBe(foldWord(word))
    }),
  )
})
