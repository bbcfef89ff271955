/** Name of what a training can be gone on from, beside `model.onnx`. */
export const weightsFile = 'weights.pt'
