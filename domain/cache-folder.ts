/**
 * Where what can be made again is kept, shared between checkouts: `UNDERSTUDY_CACHE`, else the cache folder that the platform
 * gives to programs. A relative path in these variables is ignored, as the XDG specification asks.
 */
export function cacheFolderIn(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string {
  const own = environment['UNDERSTUDY_CACHE']
  if (own?.startsWith('/') === true) return own
  if (platform === 'darwin') return `${home}/Library/Caches/understudy`
  const base = environment['XDG_CACHE_HOME']
  return base?.startsWith('/') === true ? `${base}/understudy` : `${home}/.cache/understudy`
}
