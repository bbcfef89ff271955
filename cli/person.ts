import { userInfo } from 'node:os'

/** Login name, for the record; a machine may have none for this process. */
export function person(): string {
  try {
    return userInfo().username
  } catch {
    return 'somebody'
  }
}
