/** The files of the project in `folder` that apps get: a mutant in another one would count as not applied. */
export function packagedFiles(folder: string): Promise<ReadonlySet<string>>
