/**
 * How stored predictions are made. The confidence floor is far below any operating threshold, because average precision
 * needs the low scores too; `iou` is the trainer's own NMS default.
 */
export const detectionDefaults = { confidence: 0.01, iou: 0.7, maxDetections: 300 } as const
