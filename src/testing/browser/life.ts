/** What a step of a tab is about; `:answer` marks the way back from the browser to the tab. */
export type StepKind =
  | `storage.${'get' | 'set' | 'remove' | 'update'}${'' | ':answer'}`
  | 'storage.event'
  | `lock.request${'' | ':answer'}`
  | 'lock.release'
  | 'channel.hint'
  | 'timer'
  | 'wake'
  | `fetch${'' | ':answer'}`

/** One asynchronous step of one tab: when it happens relative to others is up to the scheduler. */
export interface Step {
  readonly tab: string
  readonly kind: StepKind
  /** The storage key, lock, channel, sign or URL. */
  readonly detail?: string | undefined
}

/** Decides when a step happens: it does when the promise fulfils, and never if that stays open. */
export type Scheduler = (step: Step) => Promise<void>

/** The life of one tab: whether it runs, is frozen or has crashed. */
export interface Life {
  readonly name: string
  readonly alive: () => boolean
  /** Has the browser do something for the tab; a frozen tab's requests are still served. */
  depart(kind: StepKind, detail: string | undefined, action: () => void): void
  /** Has something happen inside the tab; while it is frozen, that waits for the thaw. */
  arrive(kind: StepKind, detail: string | undefined, action: () => void): void
  /** Runs `undo` when the tab crashes; returns how to forget about it. */
  onCrash(undo: () => void): () => void
  freeze(): void
  /** Returns whether the tab was frozen. */
  thaw(): boolean
  crash(): void
}

/** Makes the life of one tab. */
export function createLife(name: string, scheduler: Scheduler): Life {
  const undos = new Set<() => void>()
  const waiting: (() => void)[] = []
  let state: 'running' | 'frozen' | 'crashed' = 'running'

  const after = (step: Step, action: () => void): void => {
    if (state === 'crashed') return
    scheduler(step).then(() => {
      if (state !== 'crashed') action()
    })
  }

  return {
    name,
    alive: () => state !== 'crashed',
    depart: (kind, detail, action) => after({ tab: name, kind, detail }, action),
    arrive: (kind, detail, action) =>
      after({ tab: name, kind, detail }, () => {
        if (state === 'frozen') waiting.push(action)
        else action()
      }),
    onCrash(undo) {
      undos.add(undo)
      return () => void undos.delete(undo)
    },
    freeze() {
      if (state === 'running') state = 'frozen'
    },
    thaw() {
      if (state !== 'frozen') return false
      state = 'running'
      // An action may freeze the tab again, or crash it.
      while (state === 'running' && waiting.length) waiting.shift()?.()
      return true
    },
    crash() {
      state = 'crashed'
      waiting.length = 0
      for (const undo of [...undos]) undo()
      undos.clear()
    },
  }
}
