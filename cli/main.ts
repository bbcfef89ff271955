import { enableCompileCache } from 'node:module'

// Must come before anything else is loaded: what was compiled once is not compiled again (half the time of `--help`).
enableCompileCache()
await import('./command-line.ts')
