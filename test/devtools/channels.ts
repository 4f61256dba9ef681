/** BroadcastChannel without a real one: what is said is heard in the same turn of the event loop. */
export function createChannels() {
  const open = new Set<FakeChannel>()
  class FakeChannel {
    onmessage: ((event: { readonly data: unknown }) => void) | null = null
    readonly name: string
    constructor(name: string) {
      this.name = name
      open.add(this)
    }
    postMessage(data: unknown): void {
      for (const other of open) {
        if (other !== this && other.name === this.name)
          other.onmessage?.({ data: structuredClone(data) })
      }
    }
    close(): void {
      open.delete(this)
    }
  }
  return { FakeChannel, count: () => open.size }
}
