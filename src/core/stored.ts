/**
 * The text that a storage gave, with one word for nothing: MMKV and chrome.storage say `undefined`,
 * some wrappers say `''`.
 */
export const textOf = (text: string | null | undefined): string | null => text || null
