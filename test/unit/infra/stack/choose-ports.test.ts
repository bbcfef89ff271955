import { describe, expect, test } from 'vitest'
import {
  choosePorts,
  fixedPorts,
  portNumber,
  type PortProbe,
} from '../../../../infra/stack/ports/choose-ports.ts'
import { portNames, preferredPorts } from '../../../../infra/stack/ports/port-names.ts'

/** A machine on which `taken` ports are in use; any-port answers count up from 50000. */
function machine(...taken: number[]): PortProbe {
  const used = new Set(taken)
  let next = 50_000
  const claim = async (port: number): Promise<boolean> => {
    if (used.has(port)) return false
    used.add(port)
    return true
  }
  return {
    claim,
    claimAny: async () => {
      while (!(await claim(next))) next += 1
      return next
    },
  }
}

const nothing = { fixed: {}, previous: {}, rest: 'preferred' } as const

describe('the choice of ports', () => {
  test('takes the usual ones on an empty machine', async () => {
    expect(await choosePorts(nothing, machine())).toEqual(preferredPorts)
  })

  test('replaces a taken one and leaves the others', async () => {
    const ports = await choosePorts(nothing, machine(preferredPorts.minio))
    expect(ports).toEqual({ ...preferredPorts, minio: 50_000 })
  })

  test('prefers what this home had before, so that links stay good', async () => {
    const ports = await choosePorts({ ...nothing, previous: { labelStudio: 8123 } }, machine())
    expect(ports.labelStudio).toBe(8123)
  })

  test('goes to the usual one when the previous one was taken meanwhile', async () => {
    const ports = await choosePorts({ ...nothing, previous: { labelStudio: 8123 } }, machine(8123))
    expect(ports.labelStudio).toBe(preferredPorts.labelStudio)
  })

  test('refuses a fixed port that is taken, by name and number', async () => {
    await expect(choosePorts({ ...nothing, fixed: { temporal: 7777 } }, machine(7777))).rejects.toMatchObject(
      {
        code: 'PortTaken',
        what: expect.stringContaining('7777'),
        fix: expect.stringContaining('temporal'),
      },
    )
  })

  test('never gives a fixed port to another name', async () => {
    const ports = await choosePorts({ ...nothing, fixed: { control: preferredPorts.temporal } }, machine())
    expect(ports.control).toBe(preferredPorts.temporal)
    expect(new Set(Object.values(ports)).size).toBe(portNames.length)
  })

  test('asks the system for all of them when they are to be random', async () => {
    const ports = await choosePorts({ ...nothing, rest: 'random' }, machine())
    expect(Object.values(ports).every((port) => port >= 50_000)).toBe(true)
  })
})

describe('a port fixed by a variable', () => {
  test('is named after the service', () => {
    expect(fixedPorts({ UNDERSTUDY_PORT_LABEL_STUDIO: '8085', UNDERSTUDY_PORT_MINIO: '' })).toEqual({
      labelStudio: 8085,
    })
  })

  test.each(['0', '65536', '80.5', 'http', '-1', '0x50'])('is refused when it is "%s"', (text) => {
    expect(() => portNumber('UNDERSTUDY_PORT_MINIO', text)).toThrow(/1 to 65535/)
  })
})
