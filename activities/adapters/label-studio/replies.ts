import { z } from 'zod'

/** Only the fields we use; everything else in Label Studio's replies may change. */

export const Version = z.object({ release: z.string() })

export const Project = z.object({
  id: z.int(),
  title: z.string(),
  label_config: z.string().nullish(),
  model_version: z.string().nullish(),
  expert_instruction: z.string().nullish(),
})
export type Project = z.infer<typeof Project>
export const ProjectList = z.object({ results: z.array(Project), next: z.string().nullish() })

export const Storage = z.object({ id: z.int(), bucket: z.string().nullish(), prefix: z.string().nullish() })
export const StorageList = z.array(Storage)

export const View = z.object({ id: z.int(), data: z.looseObject({ title: z.string().optional() }).nullish() })
export const ViewList = z.array(View)

export const ImportReply = z.object({ task_count: z.int(), prediction_count: z.int() })

/** `al_uid` is missing on tasks that are not ours. */
export const TaskData = z.looseObject({
  image: z.string().optional(),
  al_uid: z.string().optional(),
  image_id: z.string().optional(),
  reviewed_by: z.string().optional(),
  refused: z.string().optional(),
})

export const Annotation = z.object({
  id: z.int(),
  result: z.array(z.unknown()).nullish(),
  was_cancelled: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
  lead_time: z.number().nullish(),
  completed_by: z.int().nullish(),
})

export const Task = z.object({
  id: z.int(),
  data: TaskData,
  created_at: z.string().optional(),
  updated_at: z.string(),
  total_annotations: z.int(),
  cancelled_annotations: z.int(),
  annotations: z.array(Annotation).optional(),
})
export type Task = z.infer<typeof Task>

export const TaskPage = z.object({ tasks: z.array(Task), total: z.int() })

export const Nothing = z.unknown()
