import { writeFile } from 'node:fs/promises'
import { ApplicationFailure } from '@temporalio/common'
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import { errorAsJson, errorAsText, explain, UserError } from '../../../cli/errors.ts'
import { StackError } from '../../../infra/stack-error.ts'

const fields = { code: 'PortTaken', what: 'It failed.', why: 'Because.', fix: 'Do this.' } as const

describe('explaining an error', () => {
  it.each([
    ['UserError', new UserError(fields)],
    ['StackError', new StackError(fields)],
  ])('takes a %s as it is', (_, error) => {
    expect(explain(error)).toEqual(fields)
  })

  it('keeps code and hint of an AdapterError', () => {
    const error = new AdapterError('TeacherAuth', 'The key was refused.', {
      retryable: false,
      hint: 'Check it.',
    })
    expect(explain(error)).toEqual({
      code: 'TeacherAuth',
      what: 'The key was refused.',
      why: '',
      fix: 'Check it.',
    })
  })

  it('names the file that cannot be used, and does not call that a defect', async () => {
    const missing = await writeFile('/no/such/folder/report.html', '').catch((error: unknown) => error)
    expect(explain(missing)).toMatchObject({
      code: 'BadInput',
      what: '/no/such/folder/report.html cannot be used.',
      why: expect.stringContaining('ENOENT'),
    })
    const foldersPlace = await writeFile('/', '').catch((error: unknown) => error)
    expect(explain(foldersPlace)).toMatchObject({ code: 'BadInput', why: expect.stringContaining('EISDIR') })
  })

  it('names what to do when an AdapterError does not', () => {
    const error = new AdapterError('StoreUnavailable', 'No answer.', { retryable: true })
    expect(explain(error).fix).toContain('understudy up')
  })

  it('lists every wrong option', () => {
    const { error } = z
      .object({ limit: z.number(), at: z.string().regex(/:/, 'HH:MM') })
      .safeParse({ limit: 'x', at: '2' })
    expect(explain(error)).toMatchObject({
      code: 'BadInput',
      why: expect.stringMatching(/limit: .*; at: HH:MM/),
    })
  })

  it('finds the typed failure inside what Temporal throws', () => {
    const failure = ApplicationFailure.create({ type: 'TrainerFailed', message: 'exit status 1' })
    const error = new WorkflowFailedError('Workflow execution failed', failure, 'NON_RETRYABLE_FAILURE')
    expect(explain(error)).toMatchObject({ code: 'TrainerFailed', what: 'exit status 1' })
  })

  it('gives the reason for which a cycle refused an update', () => {
    const cause = ApplicationFailure.create({ message: 'The cycle is paused already.' })
    expect(explain(new WorkflowUpdateFailedError('Workflow Update failed', cause))).toMatchObject({
      code: 'BadInput',
      why: 'The cycle is paused already.',
    })
  })

  it('takes a server that cannot be reached for a stack that is down', () => {
    const cause = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 })
    expect(explain(new Error('Failed to start Workflow', { cause }))).toMatchObject({ code: 'StackDown' })
  })

  it.each([[new Error('x is undefined')], ['a string'], [null], [{ odd: true }]])(
    'admits that it does not know %s',
    (error) => {
      expect(explain(error)).toMatchObject({
        code: 'Internal',
        fix: expect.stringContaining('UNDERSTUDY_DEBUG'),
      })
    },
  )
})

describe('printing an error', () => {
  it('says what, why and what to do', () => {
    expect(errorAsText(fields, process.stderr)).toBe('error: It failed.\n  Because.\n  To do: Do this.')
  })

  it('leaves out a reason that is not there', () => {
    expect(errorAsText({ ...fields, why: '' }, process.stderr)).toBe('error: It failed.\n  To do: Do this.')
  })

  it('has exactly four fields as JSON', () => {
    const more = { ...fields, extra: 1 }
    expect(JSON.parse(errorAsJson(more))).toEqual({ error: fields })
  })
})
