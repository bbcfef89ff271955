const passedOn = new Set(
  [
    'PATH HOME USER LOGNAME SHELL TMPDIR TZ LANG XDG_CONFIG_HOME XDG_DATA_HOME',
    'SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE',
    'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy',
    'GOPROXY GOSUMDB GONOSUMDB GONOPROXY GOPRIVATE GOINSECURE GOAUTH GOFLAGS GOTOOLCHAIN GOENV',
    'CC CXX LD_LIBRARY_PATH PYENV_ROOT PYENV_VERSION',
  ].flatMap((line) => line.split(' ')),
)
// These would send packages somewhere else than into the environment being made.
const misleading = new Set([
  'PIP_USER',
  'PIP_TARGET',
  'PIP_PREFIX',
  'PIP_ROOT',
  'PIP_REQUIREMENT',
  'PIP_CONSTRAINT',
])

/**
 * The environment of a foreign program: an allow-list of what package clients need, so that no key of this process
 * reaches them, with `additions` on top.
 */
export function toolEnvironment(
  environment: NodeJS.ProcessEnv,
  additions: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const allowed = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassedOn(entry[0]),
  )
  return { ...Object.fromEntries(allowed), ...additions }
}

function isPassedOn(name: string): boolean {
  if (misleading.has(name)) return false
  return passedOn.has(name) || name.startsWith('PIP_') || name.startsWith('LC_')
}
