import { expect, test } from 'vitest'
import {
  apiVersionOf,
  capabilityOf,
  thinkingSetting,
} from '../../../../../activities/adapters/gemini/capabilities.ts'

test.each([
  ['gemini-3.8-flash', 'low', { kind: 'level', level: 'low' }],
  ['gemini-3.8-flash', 'minimal', { kind: 'refused', allowed: ['low', 'medium', 'high'] }],
  ['gemini-3.6-flash', 'minimal', { kind: 'level', level: 'minimal' }],
  ['gemini-2.5-flash-lite', 'minimal', { kind: 'budget', tokens: 0 }],
  ['gemini-9-unheard-of', 'minimal', { kind: 'level', level: 'minimal' }],
] as const)('%s asked to think %s', (model, thinking, setting) => {
  expect(thinkingSetting(model, thinking)).toEqual(setting)
})

test('the longest fitting prefix describes a model', () => {
  expect(capabilityOf('gemini-3.8-flash')?.prefix).toBe('gemini-3.8')
  expect(capabilityOf('gemini-3-flash-preview')?.prefix).toBe('gemini-3')
})

test('models that deprecate temperature are never sent one', () => {
  expect(capabilityOf('gemini-3.8-flash')?.temperature).toBeNull()
})

test('aliases go to the beta version of the API', () => {
  expect([apiVersionOf('gemini-flash-latest'), apiVersionOf('gemini-3.8-flash')]).toEqual(['v1beta', 'v1'])
})
