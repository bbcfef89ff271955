/** What every child may know about the machine. An allow-list: a key that is exported in the shell reaches nobody by chance. */
const everyone = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR']

/** Further names for the worker: the way out to the network, where gcloud keeps its login, the devices its trainer may use, and how it computes models. */
const workerToo = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CUDA_VISIBLE_DEVICES',
  'LD_LIBRARY_PATH',
  'CLOUDSDK_CONFIG',
  'UNDERSTUDY_CACHE',
  'UNDERSTUDY_INFER_POOL',
  'UNDERSTUDY_INFER_PROVIDER',
]

/** Environment of a supervised process: the allowed names of `from` that are set, and `own` on top. */
export function childEnvironment(
  from: NodeJS.ProcessEnv,
  own: Readonly<Record<string, string>>,
  kind: 'service' | 'worker' = 'service',
): Record<string, string> {
  const allowed = kind === 'worker' ? [...everyone, ...workerToo] : everyone
  const inherited = allowed.flatMap((name) => {
    const value = from[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(inherited), ...own }
}
