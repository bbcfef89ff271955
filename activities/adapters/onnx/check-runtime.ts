import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { AdapterError } from '../../errors/adapter-error.ts'

/** The smallest model there is: y = x + x. Made with onnx 1.x, opset 13, IR version 8. */
const doubling =
  'CAg6OgoOCgF4CgF4EgF5IgNBZGQSBmRvdWJsZVoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEA0='

/**
 * Opens a session and computes with it: the runtime's native library loads and works on this machine. Resolves to its
 * version.
 * @throws AdapterError Internal
 */
export async function checkRuntime(): Promise<string> {
  try {
    const session = await InferenceSession.create(Buffer.from(doubling, 'base64'), { logSeverityLevel: 4 })
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(21), [1]) })
    await session.release()
    if (Number(y?.data[0]) !== 42) throw new Error(`21 + 21 came out as ${String(y?.data[0])}`)
    return `ONNX Runtime ${env.versions.node ?? env.versions.common}`
  } catch (cause) {
    throw new AdapterError('Internal', 'ONNX Runtime does not work on this machine.', {
      retryable: false,
      hint: 'Run `npm ci` again on this machine; its native library is made for one system and processor.',
      cause,
    })
  }
}
