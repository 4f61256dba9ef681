type Names = readonly string[]

export const docs: string
export const SECTIONS: readonly (readonly [title: string, names: Names])[]
export function pagesOf(names: Names): string[]
export function textOf(page: string): string
export function titleOf(page: string): string
export function exists(page: string): boolean
export function sidebar(): readonly {
  readonly text: string
  readonly items: readonly { readonly text: string; readonly link: string }[]
}[]
