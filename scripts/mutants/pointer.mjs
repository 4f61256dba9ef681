const file = 'src/core/pointer.ts'

/** Bugs in who is current, and who ended lately. */
export const POINTER = [
  {
    file,
    name: 'The pointer forgets who ended.',
    find: 'ended.slice(-MEMORY)',
    replace: 'ended.slice(0, 0)',
  },
  {
    file,
    name: 'The pointer forgets the latest ends first.',
    find: 'ended.slice(-MEMORY)',
    replace: 'ended.slice(0, MEMORY)',
  },
  {
    file,
    name: 'The pointer remembers one sign-in.',
    find: 'MEMORY = 8',
    replace: 'MEMORY = 1',
  },
  {
    file,
    name: 'Why a session ended is kept for ever.',
    find: '.filter(([lineage]) => kept.includes(lineage))',
    replace: '',
  },
  {
    file,
    name: 'The pointer forgets out of which sign-in a person signed.',
    find: 'isText(left) ? left : undefined',
    replace: 'isText(left) ? undefined : undefined',
  },
  {
    file,
    name: 'Whoever was refused counts as signed out.',
    find: 'any ? (before.current ?? lineage) : before.left',
    replace: 'before.current ?? lineage',
  },
  {
    file,
    name: 'A sign-out is remembered of whom its page had, not of who was current.',
    find: 'any ? (before.current ?? lineage)',
    replace: 'any ? lineage',
  },
  {
    file,
    name: 'A sign-in forgets the sign-in it replaced.',
    find: '[...before.ended, ...ended, replaced]',
    replace: '[...before.ended, ...ended]',
  },
  {
    file,
    name: 'A sign-in that is named among the ended ones ends itself.',
    find: '.filter((old) => old !== current)',
    replace: '',
  },
  {
    file,
    name: 'A refused refresh ends whoever is signed in by now.',
    find: 'any || before.current === lineage',
    replace: 'true',
  },
  {
    file,
    name: 'A sign-out ends only whom it knows.',
    find: 'any || before.current === lineage',
    replace: 'before.current === lineage',
    edits: [['{ lineage, any, error }: End', '{ lineage, error }: End']],
  },
  {
    file,
    name: 'A session that another one replaced is not among the ended ones.',
    find: 'ends ? before.current : null, lineage]',
    replace: 'ends ? before.current : null]',
  },
  {
    file,
    name: 'What ended the first sign-in is told of the last.',
    find: 'ended.at(-1)',
    replace: 'ended.at(0)',
  },
  {
    file,
    name: 'A pointer that holds something else than texts is believed.',
    find: 'ended.filter(isText)',
    replace: 'ended',
    edits: [['import { isObject, isText, parseVersioned }', 'import { isObject, parseVersioned }']],
  },
  {
    file,
    name: 'What ended a sign-in is read as it lies in storage.',
    find: 'if (error) notes.push([lineage, toNote(error)])',
    replace: 'notes.push([lineage, JSON.parse(JSON.stringify(error ? note : {}))])',
  },
  {
    file,
    name: 'A write that comes late yields to an earlier sign-in too.',
    find: 'late && before.current !== null && before.current > lineage',
    replace: 'late && before.current !== null',
  },
]
