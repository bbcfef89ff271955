import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demoFolder } from './simulator-bench.ts'

const program = join(import.meta.dirname, '../../../infra/gemini-simulator/main.ts')
const start = (...options: string[]) =>
  spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })

test('runs as a process, says where it listens, and ends on a signal', async () => {
  const simulator = start(
    '--port',
    '0',
    '--truth',
    join(demoFolder, 'labels.coco.json'),
    '--profile',
    'light',
  )
  const [line] = await once(simulator.stdout, 'data')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0] ?? ''
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ simulator: true })
  simulator.kill('SIGTERM')
  expect(await once(simulator, 'exit')).toEqual([0, null])
})

test.each([
  ['a profile that it does not have', ['--port', '0', '--truth', 'x.json', '--profile', 'brutal'], 'heavy'],
  ['no labels', ['--port', '0'], '--truth'],
])('refuses %s', async (_, options, said) => {
  const simulator = start(...options)
  let errors = ''
  simulator.stderr.on('data', (chunk) => (errors += String(chunk)))
  const [code] = await once(simulator, 'close')
  expect(code).toBe(1)
  expect(errors).toContain(said)
})
