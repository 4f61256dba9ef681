/**
 * For `vi.waitUntil`, in ms: less than the limit of a unit test, and more than a busy machine needs.
 * A second, its default, is not.
 */
export const PATIENT = { timeout: 50_000 }
