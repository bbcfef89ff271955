/**
 * How stored predictions are made. The confidence floor is far below any operating threshold, because average precision
 * needs the low scores too; `iou` is the trainer's own NMS default.
 */
export const detectionDefaults = { confidence: 0.01, iou: 0.7, maxDetections: 300 } as const

/**
 * For holding two runtimes against each other: even a model that has learnt little says something at this confidence. Nothing is
 * suppressed, because a young model gives thousands of boxes one score, and then the last digit decides which of two that
 * overlap stays.
 */
export const referenceSettings = { ...detectionDefaults, confidence: 0.001, iou: 1 } as const
