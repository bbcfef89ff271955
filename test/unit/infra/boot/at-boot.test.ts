import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, readlink, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bootFiles, forgetAtBoot, startAtBoot, type BootPlace } from '../../../../infra/boot/at-boot.ts'
import { launchdAgent, systemdUnit, type BootCommand } from '../../../../infra/boot/boot-unit.ts'

const awkward: BootCommand = {
  project: 'street',
  command: ['/opt/my node/node', '/srv/100% "new"/cli.ts', '-C', "/home/o'hara/$HOME & co", 'up'],
  stopCommand: ['/opt/my node/node', 'down'],
  environment: { PATH: '/usr/bin:/opt/my tools/bin', UNDERSTUDY_HOME: '/data/50%' },
  environmentFile: '/home/me/my config/understudy/street.env',
}

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy boot '))
})
afterEach(() => rm(home, { recursive: true }))

const place = (platform: NodeJS.Platform): BootPlace => ({
  platform,
  userHome: home,
  environment: { PATH: '/usr/bin', GEMINI_API_KEY: 'secret-key' },
})
const target = { project: 'street', folder: '/srv/my street', simulate: false, truth: [] }

describe('the systemd unit', () => {
  test('quotes spaces, quotes, percent and dollar signs as systemd reads them', () => {
    const lines = systemdUnit(awkward).split('\n')
    expect(lines).toContain(
      `ExecStart="/opt/my node/node" "/srv/100%% \\"new\\"/cli.ts" "-C" "/home/o'hara/$$HOME & co" "up"`,
    )
    expect(lines).toContain('ExecStop="/opt/my node/node" "down"')
    expect(lines).toContain('Environment="PATH=/usr/bin:/opt/my tools/bin"')
    expect(lines).toContain('Environment="UNDERSTUDY_HOME=/data/50%%"')
    expect(lines).toContain('EnvironmentFile=-/home/me/my config/understudy/street.env')
  })

  const verify = spawnSync('systemd-analyze', ['--version']).status === 0
  test.skipIf(!verify)('is taken by systemd-analyze verify', async () => {
    const { unit } = await startAtBoot({ ...target, folder: join(home, 'my street') }, place('linux'))
    const { stderr, status } = spawnSync('systemd-analyze', ['verify', '--user', unit], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: home },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test('is written where systemd looks for it, wanted at start, and taken away without a trace', async () => {
    const files = await startAtBoot(
      { ...target, simulate: true, truth: ['/srv/labels.json'] },
      place('linux'),
    )
    const text = await readFile(files.unit, 'utf8')
    expect(files.unit).toMatch(/\/\.config\/systemd\/user\/understudy-street-[0-9a-f]{8}\.service$/)
    expect(text).toMatch(
      /^ExecStart=".+" ".+cli\/main\.ts" "-C" "\/srv\/my street" "up" "--simulate" "--truth" "\/srv\/labels\.json"$/m,
    )
    expect(text).not.toContain('secret-key')
    expect(await readlink(files.enabledBy ?? '')).toBe(files.unit)
    await startAtBoot(target, place('linux'))
    expect(await readFile(files.unit, 'utf8')).not.toContain('--simulate')
    expect(await forgetAtBoot(target, place('linux'))).toBe(true)
    expect([files.unit, files.enabledBy ?? ''].filter((path) => existsSync(path))).toEqual([])
    expect(await forgetAtBoot(target, place('linux'))).toBe(false)
  })

  test('is another one for another folder of the same project', () => {
    const other = bootFiles({ ...target, folder: '/srv/other' }, place('linux'))
    expect(other.unit).not.toBe(bootFiles(target, place('linux')).unit)
  })
})

describe('the launchd agent', () => {
  test('starts through a shell that reads the variables first, with every path in one piece', async () => {
    const script = join(home, "it's $HOME.sh")
    const text = launchdAgent('understudy.street', {
      ...awkward,
      command: ['/bin/echo', script, 'a  b', '$HOME'],
    })
    const [, command = ''] = /<string>-c<\/string><string>(.*?)<\/string>/.exec(text) ?? []
    const plain = command
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
    const { stdout } = spawnSync('/bin/sh', ['-c', plain], { encoding: 'utf8' })
    expect(stdout).toBe(`${script} a  b $HOME\n`)
    expect(text).toContain('<key>RunAtLoad</key><true/>')
  })

  test('is named after the project and its folder', async () => {
    const { unit, enabledBy } = await startAtBoot(target, place('darwin'))
    const name = /LaunchAgents\/(understudy\.street-[0-9a-f]{8})\.plist$/.exec(unit)?.[1]
    expect(enabledBy).toBeNull()
    expect(await readFile(unit, 'utf8')).toContain(`<key>Label</key><string>${name}</string>`)
  })
})

test('a system with neither systemd nor launchd is named', () => {
  expect(() => bootFiles(target, place('win32'))).toThrow(/win32/)
})
