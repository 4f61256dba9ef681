export function jsrExports(manifest: object): Readonly<Record<string, string>>
