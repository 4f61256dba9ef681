export function mergeAugmentations(files: ReadonlyMap<string, string>): ReadonlyMap<string, string>
