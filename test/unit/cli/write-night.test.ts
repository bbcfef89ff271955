import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { configTemplate } from '../../../cli/config-template.ts'
import { parseConfig } from '../../../cli/config-file.ts'
import { withNight } from '../../../cli/schedule/write-night.ts'

const night = { at: '02:30', timezone: 'Europe/Berlin' }

describe('writing the night into understudy.yaml', () => {
  test('changes two values of the file that init writes, and not a byte more', () => {
    const text = configTemplate({ project: 'street', classes: ['car'] })
    const changed = withNight(text, night)
    expect(changed).toBe(
      text
        .replace('\n  at: null\n', '\n  at: "02:30"\n')
        .replace('\n  timezone: null\n', '\n  timezone: "Europe/Berlin"\n'),
    )
    expect(withNight(changed, { at: null, timezone: null })).toBe(text)
  })

  test.each([
    ['no night at all', 'project: abc # mine\nclasses: [{name: cat}]\n'],
    [
      'a night without a time',
      'project: abc # mine\nclasses: [{name: cat}]\nnight:\n  minNewReviews: 3 # few\n',
    ],
    [
      'a night in one line',
      'project: abc # mine\nclasses: [{name: cat}]\nnight: {at: 03:00, minNewReviews: 3}\n',
    ],
    ['a time with a comment', "project: abc # mine\nclasses: [{name: cat}]\nnight:\n  at: '03:00' # late\n"],
    [
      'a key without a value',
      'project: abc # mine\nclasses: [{name: cat}]\nnight:\n  at:\n  timezone: UTC\n',
    ],
    ['Windows line ends', 'project: abc # mine\r\nclasses: [{name: cat}]\r\nnight:\r\n  at: 03:00\r\n'],
  ])('keeps comments and the other values where there is %s', (_, text) => {
    const changed = withNight(text, night)
    expect(changed).toContain('project: abc # mine')
    for (const comment of text.match(/# \w+/g) ?? []) expect(changed).toContain(comment)
    const { night: _before, ...others } = parse(text)
    expect(parse(changed)).toMatchObject({ ...others, night })
    expect(parseConfig(changed)).toMatchObject({ ok: true, config: { night } })
  })

  test.each([
    [
      'below `night:`, above the comment of the next key',
      'night: # ours\n  # few\n  minNewReviews: 3\nproject: abc\n',
      'night: # ours\n  at: "02:30"\n  # few\n  minNewReviews: 3\nproject: abc\n',
    ],
    ['at the end of a file without line end', 'project: abc', 'project: abc\nnight:\n  at: "02:30"\n'],
  ])('adds a missing key %s', (_, text, expected) => {
    expect(withNight(text, { at: '02:30' })).toBe(expected)
  })
})
