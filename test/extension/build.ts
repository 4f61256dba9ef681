import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const MANIFEST = {
  manifest_version: 3,
  name: 'An extension with Holdfast in it',
  version: '1.0',
  permissions: ['storage'],
  background: { service_worker: 'worker.js' },
  action: { default_popup: 'popup.html' },
}

/** Makes an extension with the built package in it, and resolves to its folder. */
export async function buildExtension(server: string): Promise<string> {
  const folder = at('../../.tmp/extension')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await build({
    entryPoints: [at('worker.ts'), at('popup.ts')],
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    define: { SERVER: JSON.stringify(server) },
    alias: {
      'holdfast/providers/gotrue': at('../../dist/providers/gotrue/index.js'),
      holdfast: at('../../dist/index.js'),
    },
    tsconfigRaw: {},
  })
  const manifest = { ...MANIFEST, host_permissions: [`${server}/*`] }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'popup.html'), '<!doctype html><script src=popup.js></script>')
  return folder
}
