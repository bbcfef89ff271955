/** What is started when the machine is: `understudy up` for one project. */
export interface BootCommand {
  readonly project: string
  /** Program and arguments, absolute paths. */
  readonly command: readonly [string, ...string[]]
  readonly stopCommand: readonly [string, ...string[]]
  /** No secrets: it is written down. */
  readonly environment: Readonly<Record<string, string>>
  /** Read at start when it is there: `NAME=value` lines of the user's own, the teacher's key for example. */
  readonly environmentFile: string
}

/**
 * A systemd user unit. `up` leaves a supervisor behind and ends, hence oneshot with RemainAfterExit; KillMode leaves a
 * training alone, as `down` does.
 */
export function systemdUnit({
  project,
  command,
  stopCommand,
  environment,
  environmentFile,
}: BootCommand): string {
  const settings = Object.entries(environment).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  )
  return `[Unit]
Description=understudy: services and nights of ${project}
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
${settings.join('\n')}
EnvironmentFile=-${percented(environmentFile)}
ExecStart=${command.map(argument).join(' ')}
ExecStop=${stopCommand.map(argument).join(' ')}
KillMode=process
Restart=on-failure
RestartSec=60
TimeoutStartSec=900

[Install]
WantedBy=default.target
`
}

/** systemd expands `%` everywhere (systemd.unit, specifiers). */
const percented = (text: string): string => text.replaceAll('%', '%%')

/** In double quotes, C-style escapes count (systemd.syntax, quoting). */
const quoted = (text: string): string =>
  `"${percented(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

/** In command lines `$` stands for a variable (systemd.service, command lines). */
const argument = (text: string): string => quoted(text).replaceAll('$', '$$$$')

/** A launchd agent. launchd reads no file of variables, so a shell does; nothing in it is quoted but by that shell's rules. */
export function launchdAgent(label: string, { command, environment, environmentFile }: BootCommand): string {
  const file = shellWord(environmentFile)
  const script = `if [ -r ${file} ]; then set -a; . ${file}; set +a; fi; exec ${command.map(shellWord).join(' ')}`
  const settings = Object.entries(environment).map(
    ([name, value]) => `    <key>${xml(name)}</key><string>${xml(value)}</string>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${xml(label)}</string>
  <key>ProgramArguments</key>
  <array><string>/bin/sh</string><string>-c</string><string>${xml(script)}</string></array>
  <key>EnvironmentVariables</key>
  <dict>
${settings.join('\n')}
  </dict>
  <key>RunAtLoad</key><true/>
  <key>AbandonProcessGroup</key><true/>
</dict>
</plist>
`
}

const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
