import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { configFileName } from '../config-file.ts'
import type { DemoSize } from './demo-size.ts'

const data = fileURLToPath(new URL('../../demo/blood-cells/', import.meta.url))

/** COCO labels the simulator and the stand-in reviewer answer from. */
export const demoTruth = join(data, 'labels.coco.json')

export const demoProject = 'blood-cells'

const classes = [
  {
    name: 'RBC',
    description:
      'red blood cell: a round, pink to grey disc, often paler in the middle; cells cut by the border count',
    aliases: ['red blood cell', 'erythrocyte'],
  },
  {
    name: 'WBC',
    description: 'white blood cell: a large cell with a dark purple nucleus',
    aliases: ['white blood cell', 'leukocyte'],
  },
  {
    name: 'Platelets',
    description: 'platelet: a very small purple body between the cells, much smaller than a red blood cell',
    aliases: ['platelet', 'thrombocyte'],
  },
]

const head = `# The demo's project: real photographs of blood smears (MIT, see demo/blood-cells/LICENSE).
# \`understudy init\` writes a file of your own, with every value explained.
`

export interface DemoProject {
  readonly folder: string
  readonly images: string
}

/** Makes the demo's project folder when it is not there yet: a config and, for the small demo, fewer pictures. */
export async function prepareDemo(folder: string, { images, config }: DemoSize): Promise<DemoProject> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, configFileName)
  if (!existsSync(file)) {
    // The simulator has no quota; the rate is high so that nobody waits for it.
    const teacher = { requestsPerMinute: 600 }
    await writeFile(file, head + stringify({ project: demoProject, classes, teacher, ...config }))
  }
  const all = join(data, 'images')
  if (images === null) return { folder, images: all }
  const some = join(folder, 'images')
  await mkdir(some, { recursive: true })
  const names = (await readdir(all)).sort().slice(0, images)
  await Promise.all(names.map((name) => copyFile(join(all, name), join(some, name))))
  return { folder, images: some }
}
