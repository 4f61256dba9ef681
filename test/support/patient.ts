/**
 * For `vi.waitUntil`, in ms: less than the limit of a unit test, and more than a busy machine needs.
 * A second, its default, is not. What is waited for is mostly there at once: to look again only after
 * 50 ms, its default, would be most of the time of a test.
 */
export const PATIENT = { timeout: 50_000, interval: 2 }
