import type { AdapterFactory, AdapterPayload } from 'oidc-provider'

/** Keeps what an oidc-provider has given out, also for the one that takes its place. */
export function createMemory(): AdapterFactory {
  const kept = new Map<string, AdapterPayload>()
  return (model) => {
    const keyOf = (id: string): string => `${model} ${id}`
    const mine = (): AdapterPayload[] =>
      [...kept].flatMap(([key, payload]) => (key.startsWith(keyOf('')) ? [payload] : []))
    return {
      async upsert(id, payload) {
        kept.set(keyOf(id), payload)
      },
      find: async (id) => kept.get(keyOf(id)),
      findByUid: async (uid) => mine().find((payload) => payload.uid === uid),
      findByUserCode: async (code) => mine().find((payload) => payload.userCode === code),
      async consume(id) {
        const payload = kept.get(keyOf(id))
        if (payload) kept.set(keyOf(id), { ...payload, consumed: Math.floor(Date.now() / 1000) })
      },
      async destroy(id) {
        kept.delete(keyOf(id))
      },
      async revokeByGrantId(grantId) {
        for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key)
      },
    }
  }
}
