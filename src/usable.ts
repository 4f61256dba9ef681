/** What `using` calls, where an app's `lib` knows of it: nothing else here needs more than ES2022. */
type Used = SymbolConstructor extends { readonly dispose: infer Name extends symbol }
  ? { readonly [_ in Name]: () => void }
  : object

/** What can be disposed of by `using`, by the same method as by hand. */
export const Usable: new () => Used = class {
  dispose(): void {}
  [Symbol.dispose](): void {
    this.dispose()
  }
}
