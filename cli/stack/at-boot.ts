import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { forgetAtBoot, startAtBoot, type BootPlace } from '../../infra/boot/at-boot.ts'
import { readProjectFile } from '../config-file.ts'
import type { HandlerContext } from '../command.ts'
import { person } from '../person.ts'

/** Has the services of the folder's project started with the machine, or no longer, and says what is left to do by hand. */
export async function changeAtBoot(
  wanted: boolean,
  { folder, output }: HandlerContext,
  { simulate, truth }: { readonly simulate: boolean; readonly truth: readonly string[] } = {
    simulate: false,
    truth: [],
  },
): Promise<void> {
  const { project } = (await readProjectFile(folder)).config
  const place: BootPlace = {
    platform: process.platform,
    userHome: homedir(),
    environment: process.env,
  }
  if (!wanted) {
    const there = await forgetAtBoot({ project, folder }, place)
    output.step(there ? 'No longer starts with this machine.' : 'It did not start with this machine.')
    return
  }
  const files = { simulate, truth: truth.map((file) => resolve(file)) }
  const { unit, enabledBy, environmentFile } = await startAtBoot({ project, folder, ...files }, place)
  output.step(`Starts with this machine: wrote ${unit}`)
  if (!simulate)
    output.note(
      `The teacher's key is written nowhere: put GEMINI_API_KEY=… into ${environmentFile} (chmod 600), or nights after a reboot draft nothing.`,
    )
  if (enabledBy === null) return
  if (!existsSync('/run/systemd/system'))
    output.warn(
      'systemd does not run here, so nothing will read it. On WSL2: systemd=true under [boot] in /etc/wsl.conf.',
    )
  output.note(`Without a login it starts once you run: loginctl enable-linger ${person()}`)
}
