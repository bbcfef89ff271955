const escapeCodes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')

/** The log as a person would have read it: colours and redrawn progress lines taken out. */
export const plainText = (log: string): string => log.replaceAll(escapeCodes, '\n').replaceAll('\r', '\n')

const tailLines = 15
const longestLine = 300

/** The last words of a failed training, without progress bars. */
export const logTail = (log: string): string =>
  plainText(log)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/[━─]{3}/u.test(line))
    .slice(-tailLines)
    .map((line) => line.slice(0, longestLine))
    .join('\n')
