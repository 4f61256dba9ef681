import type { ScriptedGoTrue } from '../../src/testing/index.js'

/** What a page may do to its server, and what that does to answers. */
export interface Controls {
  /** The control behind an address, which takes and returns JSON. */
  named(path: string): ((body: string) => unknown) | undefined
  /** Waits as long as answers to refreshes are to wait. */
  pause(): Promise<void>
  /** Answers to refreshes wait until the returned call. */
  holdAnswers(): () => void
}

/** Makes the controls of a server. */
export function createControls(server: ScriptedGoTrue): Controls {
  let delay = 0
  let gate: Promise<void> | null = null
  let open = (): void => {}

  function letGo(): void {
    gate = null
    open()
  }

  function holdAnswers(): () => void {
    letGo()
    gate = new Promise((resolve) => {
      open = resolve
    })
    return letGo
  }

  const commands: Readonly<Record<string, (body: string) => unknown>> = {
    'take-refreshes': () => {
      const count = server.count('refresh_token')
      server.clearLog()
      return count
    },
    sessions: () => server.sessions().length,
    lifetime: (body) => server.setAccessTokenLifetime(JSON.parse(body).ms),
    delay: (body) => {
      delay = JSON.parse(body).ms
    },
    hold: () => void holdAnswers(),
    'let-go': letGo,
    fail: (body) => {
      const { fault, scope } = JSON.parse(body)
      // JSON has no infinity.
      server.fail(fault, { ...scope, times: scope.times ?? Number.POSITIVE_INFINITY })
    },
    heal: () => {
      letGo()
      server.heal()
      server.setAccessTokenLifetime(3_600_000)
      delay = 0
    },
  }

  return {
    named: (path) => commands[path.replace('/control/', '')],
    holdAnswers,
    async pause() {
      if (delay > 0) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * delay))
      }
      await gate
    },
  }
}
