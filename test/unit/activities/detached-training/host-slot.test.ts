import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimHost, holderOf } from '../../../../activities/detached-training/host-slot.ts'
import { identifyProcess } from '../../../../activities/detached-training/process-identity.ts'

let slot: string
let other: ChildProcess

beforeEach(async () => {
  slot = await mkdtemp(join(tmpdir(), 'understudy-slot-'))
  other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await once(other, 'spawn')
})
afterEach(async () => {
  other.kill('SIGKILL')
  await rm(slot, { recursive: true, force: true })
})

/** A claim of another process, which may have ended since. */
async function heldBy(changes: { pid?: number; startedAt?: string } = {}, number = 1): Promise<void> {
  await mkdir(slot, { recursive: true })
  const identity = await identifyProcess(other.pid!)
  const holder = { ...identity, run: '/runs/theirs', ...changes }
  await writeFile(join(slot, `holder-${number}.json`), JSON.stringify(holder))
}

test('a free host is taken, and kept by who has it', async () => {
  expect(await holderOf(slot)).toBeNull()
  expect(await claimHost(slot, '/runs/ours')).toBe(true)
  expect(await holderOf(slot)).toMatchObject({ pid: process.pid, run: '/runs/ours' })
  expect(await claimHost(slot, '/runs/ours')).toBe(true)
})

test('a host that a living process has is not taken', async () => {
  await heldBy()
  expect(await claimHost(slot, '/runs/ours')).toBe(false)
  expect(await holderOf(slot)).toMatchObject({ run: '/runs/theirs' })
})

test('the place of a process that was killed is free at once, and its file goes', async () => {
  await heldBy()
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(await holderOf(slot)).toBeNull()
  expect(await claimHost(slot, '/runs/ours')).toBe(true)
  expect(await readdir(slot)).toEqual(['holder-2.json'])
})

test('a number that another process has got since holds nothing', async () => {
  await heldBy({ startedAt: 'some other boot:1' })
  expect(await holderOf(slot)).toBeNull()
  expect(await claimHost(slot, '/runs/ours')).toBe(true)
})

test('a file that was cut by a crash holds nothing', async () => {
  await writeFile(join(slot, 'holder-3.json'), '{"pid":')
  expect(await claimHost(slot, '/runs/ours')).toBe(true)
  expect(await readdir(slot)).toEqual(['holder-4.json'])
})
