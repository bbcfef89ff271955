import { classColour } from '../class-colours.ts'

/** Names of our control and object tags; regions refer to them as `from_name` and `to_name`. */
export const boxControl = 'box'
export const imageObject = 'image'
/** The tool for outlines, where the task asks for them. */
export const outlineControl = 'outline'

/** Grey, so that a class that is kept only for old answers does not look like one to choose. */
const retiredColour = '#9e9e9e'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)
const unescapeXml = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => {
    const found = Object.entries(escapes).find(([, escaped]) => escaped === entity)
    return found === undefined ? entity : found[0]
  })

const label = (name: string, colour: string, hotkey: number | null): string =>
  `    <Label value="${escapeXml(name)}" background="${colour}"${hotkey === null ? '' : ` hotkey="${hotkey}"`}/>\n`

/** What tells two rows of the same classes apart. */
const heading = (words: string): string => `  <Header value="${words}" size="6"/>\n`

const closings = ['  </PolygonLabels>', '  </RectangleLabels>']

/**
 * The editor's set-up as Label Studio's XML: reason and classes above the image, where they are seen without scrolling; one
 * tool (with several, every class has several hotkeys); a colour of its own for each class (automatic ones can be
 * near-identical); hotkeys 1 to 9 in the order of the classes. No rotation; boxes are at least a pixel. For `segment` the
 * tool with the hotkeys draws outlines, and one for boxes stands below it, each under its name: for what nobody outlines.
 */
export function buildLabelConfig(classes: readonly string[], task: 'detect' | 'segment' = 'detect'): string {
  const named = (withKeys: boolean): string[] =>
    classes.map((name, index) => label(name, classColour(index), withKeys && index < 9 ? index + 1 : null))
  return [
    '<View>\n',
    '  <Header value="$reason" size="6"/>\n',
    '  <Header value="$refused" size="6"/>\n',
    ...(task === 'detect' ? [] : [heading('Outline'), ...outlineTool(named(true)), heading('Box only')]),
    `  <RectangleLabels name="${boxControl}" toName="${imageObject}" canRotate="false" snap="pixel" strokeWidth="2" fillOpacity="0.1">\n`,
    ...named(task === 'detect'),
    '  </RectangleLabels>\n',
    `  <Image name="${imageObject}" value="$image" zoom="true" zoomControl="true"/>\n`,
    '</View>\n',
  ].join('')
}

const outlineTool = (labels: readonly string[]): readonly string[] => [
  `  <PolygonLabels name="${outlineControl}" toName="${imageObject}" strokeWidth="2" pointSize="small" opacity="0.2">\n`,
  ...labels,
  '  </PolygonLabels>\n',
]

/** The class names of a config made by {@link buildLabelConfig}, retired ones included, in order. */
export const labelsOf = (config: string): string[] => [
  ...new Set(
    [...config.matchAll(/<Label\s[^>]*?\bvalue="([^"]*)"/g)].map(([, value]) => unescapeXml(value ?? '')),
  ),
]

/** The config with the tool for outlines of another one, which answers still name, so that nothing is lost. */
export function withRetiredTool(config: string, other: string): string {
  const tool = / *<PolygonLabels name="outline"[\s\S]*?<\/PolygonLabels>\n/
  const kept = tool.exec(other)?.[0]
  if (kept === undefined || tool.test(config)) return config
  const unkeyed = kept.replaceAll(/ hotkey="\d"/g, '')
  return config.replace('  <Image ', () => `${unkeyed}  <Image `)
}

/** The config with further labels, in grey and without hotkey: classes that answers still name, so that nothing is lost. */
export function withRetiredLabels(config: string, retired: readonly string[]): string {
  const present = new Set(labelsOf(config))
  const added = retired.filter((name) => !present.has(name)).map((name) => label(name, retiredColour, null))
  return closings.reduce((all, closing) => all.replace(closing, () => `${added.join('')}${closing}`), config)
}

/** What Label Studio shows under "Instructions", as HTML. */
export function buildInstruction(
  classes: readonly { readonly name: string; readonly description: string }[],
  task: 'detect' | 'segment' = 'detect',
): string {
  const items = classes.map(({ name, description }) => {
    const about = description === '' ? '' : `: ${escapeXml(description)}`
    return `<li><b>${escapeXml(name)}</b>${about}</li>`
  })
  return [
    `<p>Correct the ${task === 'detect' ? 'boxes' : 'outlines'} until every object has one of the right class, then press Submit. `,
    'No object in the image: delete them all and press Submit. Cannot tell: press Skip.</p>',
    '<p>Keys: 1 to 9 choose a class, Backspace deletes the selected one, Ctrl+Enter submits.</p>',
    `<ul>${items.join('')}</ul>`,
  ].join('')
}
