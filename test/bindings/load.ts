import { createRequire } from 'node:module'
import { buildPage, type Name } from './build.js'
import type { Copies, Framework, FrameworkServer } from './page.js'

const texts = new Map<Name, Promise<string>>()

/**
 * The page of a framework as a browser would run it: here, Node would find what is for servers. Each time it is
 * a page of its own, with a framework of its own.
 */
export async function loadPage(name: Name): Promise<Framework & Copies> {
  const contents = `export * from '../${name}/page.js'; export * from '../${name}/copies.js'`
  const text = texts.get(name) ?? buildPage({ contents, place: 'browser', from: 'src' })
  texts.set(name, text)
  return new Function(`${await text}\nreturn page`)()
}

/** The page of a framework as a server would run it. */
export async function loadServer(
  name: Name,
  from: 'src' | 'dist' = 'src',
): Promise<FrameworkServer> {
  const contents = `export * from '../${name}/server.js'`
  const text = await buildPage({ contents, place: 'server', from })
  return new Function('require', `${text}\nreturn page`)(createRequire(import.meta.filename))
}
