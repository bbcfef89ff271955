interface Complaint {
  readonly why: string
  /** What helps against this one; null: the usual. */
  readonly hint: string | null
}

/** What ONNX Runtime says, in our words where it is a matter of versions, else without its places in C++. */
export function readComplaint(message: string): Complaint {
  const opset = /Opset (\d+) is under development[^]*till opset (\d+)/.exec(message)
  if (opset !== null) {
    return {
      why: `it is of opset ${opset[1]}, and ${opset[2]} is the newest that is understood here`,
      hint: `Export it again with \`opset=${opset[2]}\` or lower.`,
    }
  }
  const format = /IR version: (\d+), max supported IR version: (\d+)/.exec(message)
  if (format !== null) {
    return {
      why: `it is of ONNX format ${format[1]}, and ${format[2]} is the newest that is understood here`,
      hint: 'Export it again with an older version of the `onnx` package.',
    }
  }
  const plain = message.replace(/^\/\S+:\d+ [^]*\) (?=[A-Z])/, '').trim()
  return { why: `ONNX Runtime says: ${plain.replace(/\.$/, '')}`, hint: null }
}
