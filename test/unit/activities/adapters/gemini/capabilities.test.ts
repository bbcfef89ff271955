import { expect, test } from 'vitest'
import { apiVersionOf, thinkingSetting } from '../../../../../activities/adapters/gemini/capabilities.ts'
import { imageTokensOf, teacherModel } from '../../../../../domain/teacher-models.ts'

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
  expect(teacherModel('gemini-3.8-flash')?.prefix).toBe('gemini-3.8')
  expect(teacherModel('gemini-3-flash-preview')?.prefix).toBe('gemini-3')
})

test('models that deprecate temperature are never sent one', () => {
  expect(teacherModel('gemini-3.8-flash')?.temperature).toBeNull()
})

test('aliases go to the beta version of the API', () => {
  expect([apiVersionOf('gemini-flash-latest'), apiVersionOf('gemini-3.8-flash')]).toEqual(['v1beta', 'v1'])
})

test('a resolution for a single picture goes to the beta version of the API, too', () => {
  expect(apiVersionOf('gemini-3.8-flash', 'ultra-high')).toBe('v1beta')
  expect(apiVersionOf('gemini-3.8-flash', 'high')).toBe('v1')
})

test.each([
  ['gemini-3.8-flash', 'auto', 1120],
  ['gemini-3.8-flash', 'low', 280],
  ['gemini-3.8-flash', 'ultra-high', 2240],
  ['gemini-9-unheard-of', 'auto', 1120],
  ['gemini-2.5-flash', 'auto', 258 * 4],
] as const)('a picture of 1536 pixels costs %s at %s %d tokens', (model, resolution, tokens) => {
  expect(imageTokensOf(model, resolution, 1536)).toBe(tokens)
})

test('outlines are polygons from the 3.x line on and masks before', () => {
  expect(teacherModel('gemini-2.5-flash')?.outlines).toBe('masks')
  expect(teacherModel('gemini-3.5-flash')?.outlines).toBe('polygons')
})
