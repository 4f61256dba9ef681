import '@angular/compiler'
import {
  type BootstrapContext,
  createApplication,
  provideClientHydration,
} from '@angular/platform-browser'
import { provideServerRendering, renderApplication } from '@angular/platform-server'
import type { FrameworkServer } from '../bindings/page.js'
import { provide, Whole } from './page.js'

/** Runs what gives its own types of the DOM to the whole process: in a unit test, a page is there with others. */
async function withTypesKept<Result>(run: () => Promise<Result>): Promise<Result> {
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name))
  const before = names.map((name): [string, unknown] => [name, Reflect.get(globalThis, name)])
  try {
    return await run()
  } finally {
    for (const [name, value] of before) Reflect.set(globalThis, name, value)
  }
}

/** Angular renders a whole document: the page is in its body, with what the browser needs to take it over. */
export const render: FrameworkServer['render'] = async (page) => {
  const bootstrap = async (context: BootstrapContext) => {
    const providers = [provide(page), provideServerRendering(), provideClientHydration()]
    const app = await createApplication({ providers }, context)
    app.bootstrap(Whole)
    return app
  }
  const place = { document: '<auth-whole></auth-whole>', url: '/' }
  const html = await withTypesKept(() => renderApplication(bootstrap, place))
  return /<body>([\s\S]*)<\/body>/.exec(html)?.[1] ?? ''
}
