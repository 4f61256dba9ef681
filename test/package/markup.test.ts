import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseTemplate } from '@angular/compiler'
import { transformSync } from 'esbuild'
import { compile as compileSvelte } from 'svelte/compiler'
import { describe, expect, it } from 'vitest'
import { compileScript, compileTemplate, parse } from 'vue/compiler-sfc'
import { root } from './compile.js'

/** Blocks of these kinds have parts that the compiler of TypeScript does not read, and all of those it does not know. */
const BLOCK = /^```(vue|svelte|ts|js|json)\n([\s\S]*?)^```$/gm
const ANGULAR = /\btemplate: `([^`]*)`/g

const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !/node_modules|\.vitepress|^reference/.test(path))
    .map((path) => join('docs', path)),
]

function complaintsOfVue(text: string): string[] {
  const { descriptor, errors } = parse(text)
  const id = 'example'
  if (!descriptor.template) return errors.map(String)
  const script = descriptor.scriptSetup && compileScript(descriptor, { id })
  const { errors: further } = compileTemplate({
    id,
    filename: id,
    source: descriptor.template.content,
    ...(script?.bindings && { compilerOptions: { bindingMetadata: script.bindings } }),
  })
  return [...errors, ...further].map(String)
}

function complaintsOf(kind: string, text: string): string[] {
  try {
    if (kind === 'vue') return complaintsOfVue(text)
    if (kind === 'svelte') return compileSvelte(text, {}).warnings.map(({ message }) => message)
    if (kind === 'json') JSON.parse(text)
    if (kind === 'js') transformSync(text, { loader: 'js', format: 'esm' })
    if (kind !== 'ts') return []
    return [...text.matchAll(ANGULAR)].flatMap(([, template = '']) =>
      (parseTemplate(template, 'example').errors ?? []).map(String),
    )
  } catch (error) {
    return [String(error)]
  }
}

/** What is wrong with the blocks of a page, each with the block. */
const wrong = (page: string): string[] =>
  [...page.matchAll(BLOCK)].flatMap(([, kind = '', text = '']) =>
    complaintsOf(kind, text).map((complaint) => `${complaint}\n${text}`),
  )

describe('what the compiler of TypeScript does not read in the documentation', () => {
  it.each(PAGES)('is sound: %s', (page) => {
    expect(wrong(readFileSync(join(root, page), 'utf8'))).toEqual([])
  })

  it.each([
    ['a template of Vue', 'vue', '<template><p v-if="a"></template>'],
    ['an expression of Vue', 'vue', '<template><p>{{ a b }}</p></template>'],
    ['a template of Svelte', 'svelte', '{#if a}<p>one</p>'],
    ['a template of Angular', 'ts', '@Component({ template: `@if (a { <p></p> }` })'],
    ['a script', 'js', 'const a = ;'],
    ['JSON', 'json', '{ "a": }'],
  ])('is found to be wrong: %s', (_what, kind, text) => {
    expect(wrong(`\`\`\`${kind}\n${text}\n\`\`\`\n`)).not.toEqual([])
  })
})
