import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Answer, AskedPicture, QuestionBook } from '../../activities/compose-asking.ts'
import type { Question } from '../../domain/formats/gemini/question.ts'
import { ProjectConfig } from '../../domain/schemas/project-config.ts'
import { teacherModel } from '../../domain/teacher-models.ts'
import { listPriceOf } from '../../domain/teacher-prices.ts'
import { asAnnotations, asJson, asText } from '../ask/answer-lines.ts'
import { AskOptions, describeAsk } from '../ask/ask-options.ts'
import { findTeacher, type FoundTeacher } from '../ask/find-teacher.ts'
import { costText, questionCost } from '../ask/question-cost.ts'
import { action, type HandlerContext } from '../command.ts'
import { usd } from '../cycle/progress-text.ts'
import { explain, UserError } from '../errors.ts'
import { findPictures, type PictureFile } from '../picture-files.ts'
import { teacherInWords } from '../teacher-in-words.ts'

interface Asked {
  readonly lines: readonly string[]
  readonly failed: number
}

/** `understudy ask`: the playground before a batch. */
export function registerAsk(program: Command): void {
  describeAsk(program.command('ask')).action(
    action({
      options: AskOptions,
      handler: ask,
      render: (asked: Asked | undefined) => asked?.lines.join('\n') ?? '',
      exitCode: (asked) => (asked !== undefined && asked.failed > 0 ? 1 : 0),
    }),
  )
}

async function ask(options: AskOptions, context: HandlerContext): Promise<Asked | undefined> {
  const { output, folder } = context
  const prompt = options.words.at(-1) ?? ''
  const files = await picturesFor(options.words.slice(0, -1), prompt, options.limit)
  const found = await findTeacher(folder, { simulate: options.simulate, truth: options.truth })
  try {
    const settings = settingsFor(options, found)
    const groups = options.together ? [files] : files.map((file) => [file])
    const question: Question = {
      form: options.as,
      prompt,
      language: options.language ?? null,
      outlines: teacherModel(settings.model)?.outlines ?? 'polygons',
      pictures: groups[0]?.length ?? 1,
    }
    const cost = questionCost(question, groups.length, settings)
    output.note(
      `${teacherText(found, settings.model)} ${costText(cost, files.length, options.budget ?? null)}`,
    )
    refuseUnkept(options, settings, found)
    if (options.dryRun) return undefined
    return await askAll(groups, question, { ...settings, ...cost }, { options, context, found })
  } finally {
    await found.close()
  }
}

/** A budget that cannot be kept is not one. */
function refuseUnkept(options: AskOptions, { model, price }: Settings, found: FoundTeacher): void {
  const perDayUsd = found.project?.config.budget.perDayUsd ?? null
  const ofProject = perDayUsd !== null && !options.simulate
  if (price === null && (options.budget !== undefined || ofProject)) throw priceMissing(model)
  if (ofProject && found.settings === null && !options.dryRun) throw dayUnknown(perDayUsd)
}

type Settings = ReturnType<typeof settingsFor>

/** From the options, else the project, else the defaults of a project; a model of the list has its list price. */
function settingsFor(options: AskOptions, { project }: FoundTeacher) {
  const defaults = ProjectConfig.shape.teacher.parse({})
  const teacher = project?.config.teacher ?? defaults
  const model = options.model ?? teacher.model
  const isOwn = project !== null && model === teacher.model
  return {
    model,
    thinking: options.think ?? teacher.thinking,
    imageSize: options.imageSize ?? teacher.imageSize,
    maxOutputTokens: teacher.maxOutputTokens,
    price: options.price ?? (isOwn ? teacher.price : listPriceOf(model)),
  }
}

function teacherText({ teacher }: FoundTeacher, model: string): string {
  if (teacher.endpoint === 'simulated') return `Simulated teacher (as ${model}), made-up money:`
  return `${model}, ${teacherInWords(teacher)}:`
}

interface Conversation {
  readonly options: AskOptions
  readonly context: HandlerContext
  readonly found: FoundTeacher
}

async function askAll(
  groups: readonly (readonly PictureFile[])[],
  question: Question,
  settings: Settings & { readonly worstCaseUsdPerCall: number },
  conversation: Conversation,
): Promise<Asked | undefined> {
  const { output, signal } = conversation.context
  const { composeAsking, openPicture } = await import('../../activities/compose-asking.ts')
  const { options, found } = conversation
  const bill = { calls: 0, tokens: 0, usd: 0 }
  const askOnce = composeAsking(
    found.teacher,
    { ...settings, budgetUsd: options.budget ?? null, worstCaseUsd: settings.worstCaseUsdPerCall },
    {
      onBill: (usage, cost) => {
        bill.calls += 1
        bill.tokens += usage.prompt + usage.output + usage.thoughts
        bill.usd += cost ?? 0
      },
      book: bookOf(found),
      retry: {
        signal,
        wait: (seconds) => sleep(seconds * 1000, undefined, { signal }),
        onWait: (seconds, why) => output.note(`${why.message} Trying again in ${seconds} s.`),
      },
    },
  )
  const lines: string[] = []
  let failed = 0
  for (const [index, group] of groups.entries()) {
    if (signal.aborted) break
    output.progress(`Asking ${index + 1} of ${groups.length}, ${usd(bill.usd)}`)
    try {
      const pictures: AskedPicture[] = []
      for (const { path } of group) pictures.push(await openPicture(path, settings.imageSize))
      const answer = await askOnce(question, pictures)
      lines.push(...(await tell(answer, group, conversation)))
    } catch (error) {
      failed += group.length
      const { code, what, fix } = explain(error)
      output.warn(`${group.map(({ path }) => path).join(', ')}: ${what} ${fix}`)
      if (code !== 'BudgetSpent') continue
      const later = groups.slice(index + 1).flat().length
      failed += later
      if (later > 0) output.warn(`${later} more are left for later: no room in the day's budget.`)
      break
    }
  }
  output.progressEnd()
  const ledger =
    found.project !== null && found.settings === null && !options.simulate
      ? ', in no ledger: the stack is down'
      : ''
  output.step(
    `${bill.calls} calls, ${bill.tokens.toLocaleString('en')} tokens, ${settings.price === null ? 'price not known' : usd(bill.usd)}${ledger}`,
  )
  if (failed > 0 && output.json) throw unanswered(failed)
  return output.json ? undefined : { lines, failed }
}

/** Where the project's questions are booked; null outside of a project, or with a simulator of this command's own. */
function bookOf({ project, settings }: FoundTeacher): QuestionBook | null {
  if (project === null || settings === null) return null
  const { project: name, budget } = project.config
  return { settings, project: name, perDayUsd: budget.perDayUsd }
}

/** Prints what was answered, and saves it where that is wanted. Returns the lines for people. */
async function tell(
  answer: Answer,
  group: readonly PictureFile[],
  { options, context: { output } }: Conversation,
): Promise<string[]> {
  const lines: string[] = []
  for (const [index, picture] of answer.pictures.entries()) {
    const line = asJson(picture, answer)
    output.result(line)
    if (answer.text === null || index === 0) lines.push(asText(picture, answer))
    const file = group[index]
    if (options.save !== undefined && file !== undefined) {
      const { drawAnswer } = await import('../../activities/compose-asking.ts')
      const path = join(options.save, file.name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(`${path}.json`, `${JSON.stringify(line, null, 2)}\n`)
      if (answer.text === null)
        await writeFile(`${path}.png`, await drawAnswer(file.path, asAnnotations(picture, options.fov)))
    }
  }
  for (const { kind, detail } of answer.losses) output.warn(`not taken over: ${kind}: ${detail}`)
  return lines
}

async function picturesFor(
  words: readonly string[],
  prompt: string,
  limit: number | undefined,
): Promise<PictureFile[]> {
  const files = await findPictures(words)
  if (files.length === 0 || /\.(png|jpe?g|webp)$/i.test(prompt)) {
    throw new UserError({
      code: 'BadInput',
      what: files.length === 0 ? 'There is no picture to ask about.' : 'There is no question.',
      why:
        files.length === 0
          ? `No PNG, JPEG or WEBP file lies in ${words.join(', ')}.`
          : `The last word should be the question, and is ${prompt}.`,
      fix: 'Give pictures or folders, and then the question in quotes.',
    })
  }
  return files.slice(0, limit)
}

const priceMissing = (model: string): UserError =>
  new UserError({
    code: 'BadInput',
    what: 'A budget cannot be kept without a price.',
    why: `The price of ${model} is not on the list.`,
    fix: 'Give it with --price IN,OUT, USD per million tokens.',
  })

const dayUnknown = (perDayUsd: number): UserError =>
  new UserError({
    code: 'StackDown',
    what: 'Nothing was asked: what is left of the day cannot be known.',
    why: `The project allows $${perDayUsd} a day (budget.perDayUsd), and what was spent stands in its store, which is down.`,
    fix: 'Run `understudy up`, or ask from another folder, outside of the project and its budget.',
  })

const unanswered = (failed: number): UserError =>
  new UserError({
    code: 'TeacherBadReply',
    what: `${failed} pictures have no answer.`,
    why: 'Each is named above with its reason; the others are done.',
    fix: 'Ask again about these.',
  })
