import { z } from 'zod'

/** Every port of the local stack with the number it has unless that is taken; all of them on loopback. */
export const preferredPorts = {
  temporal: 7233,
  temporalUi: 8233,
  minio: 9000,
  minioConsole: 9001,
  labelStudio: 8080,
  simulator: 8790,
  control: 7290,
} as const
export type PortName = keyof typeof preferredPorts

const port = z.int().min(1).max(65_535)
export const Ports = z.object({
  temporal: port,
  temporalUi: port,
  minio: port,
  minioConsole: port,
  labelStudio: port,
  simulator: port,
  control: port,
})
export type Ports = z.infer<typeof Ports>

export const portNames = Ports.keyof().options

/** The variable that fixes a port: `UNDERSTUDY_PORT_LABEL_STUDIO` for `labelStudio`. */
export const portVariable = (name: PortName): string =>
  `UNDERSTUDY_PORT_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
