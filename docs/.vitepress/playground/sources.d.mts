/** Where Vite finds what the playground imports of Holdfast: in the sources, so that nothing must be built. */
export const sources: readonly { readonly find: RegExp; readonly replacement: string }[]
