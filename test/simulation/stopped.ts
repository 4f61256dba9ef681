import type { Context } from './context.js'
import type { World } from './world.js'

/** The context of a name; nothing for what happens elsewhere. */
export const contextOf = (world: World, name: string): Context | undefined =>
  world.contexts.find((context) => context.name === name)

/** Whether a context was not running at some time since `at`. */
export function wasStopped(world: World, name: string, at: number): boolean {
  const context = contextOf(world, name)
  return context?.status !== 'running' || context.frozenAt >= at
}
