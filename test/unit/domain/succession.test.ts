import { expect, test } from 'vitest'
import type { ChampionWay } from '../../../domain/contracts/disagreement-kinds.ts'
import { championBefore } from '../../../domain/succession.ts'

const reigns = (...said: string[]) =>
  said.map((one) => {
    const [model = '', how = 'gate'] = one.split(' ')
    return { model, how: how as ChampionWay }
  })

test.each([
  ['there was never a champion', reigns(), null],
  ['the first one reigns', reigns('a'), null],
  ['the gate promoted another', reigns('a', 'b'), 'a'],
  ['a person promoted another', reigns('a', 'b', 'c promote'), 'b'],
  ['it was gone back once', reigns('a', 'b', 'c', 'b rollback'), 'a'],
  ['it was gone back twice', reigns('a', 'b', 'c', 'b rollback', 'a rollback'), null],
  ['a new one came after going back', reigns('a', 'b', 'a rollback', 'c'), 'a'],
  ['the same model was promoted again', reigns('a', 'b', 'a promote'), 'b'],
])('where a rollback goes when %s', (_, succession, expected) => {
  expect(championBefore(succession)).toBe(expected)
})
