/**
 * Every way in which a step can fail that a person or a workflow must tell apart. The code is the `type` of the Temporal
 * failure and stands in `--json` errors, so a code once released keeps its meaning.
 */
export const errorCodes = [
  'BadConfig',
  'BadInput',
  'NotFound',
  'WriteConflict',
  'StoreUnavailable',
  'StackDown',
  'ToolchainFailed',
  'PortTaken',
  'TeacherKeyMissing',
  'TeacherAuth',
  'TeacherRateLimited',
  'TeacherQuotaExhausted',
  'TeacherUnavailable',
  'TeacherTimeout',
  'TeacherBadRequest',
  'TeacherBadReply',
  'TeacherChanged',
  'TeacherUnknownImage',
  'BoardAuth',
  'BoardUnavailable',
  'BoardProjectGone',
  'BoardRejected',
  'NoReviewedImages',
  'DatasetUnusable',
  'TrainerFailed',
  'TrainerCorruptData',
  'TrainerLost',
  'TrainerBusy',
  'ModelUnreadable',
  'ModelClassesDiffer',
  'ModelUnsupported',
  'ImageUnreadable',
  'CycleBusy',
  'CycleNotRunning',
  'Interrupted',
  'Internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]
